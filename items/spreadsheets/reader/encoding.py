"""How the letters of a text are written as bytes."""

import codecs
import io
import re
from collections.abc import Iterator

BLOCK = 1 << 18  # bytes
SAMPLE = 1 << 16  # bytes that show zeros
LETTERS = 1 << 20  # bytes whose letters are weighed

# The longer mark first: that of UTF-16 is the beginning of another.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What no text in PostgreSQL contains; damaged bytes are decoded to some of these, too.
UNREADABLE = re.compile("[\0\ud800-\udfff]")
DAMAGED = re.compile("[\udc80-\udcff]+")
BEYOND_ASCII = re.compile("[^\0-\x7f\ud800-\udfff]")

# What is likely in the languages that Windows-1252 and Mac Roman were made for.
LIKELY = re.compile("[äöüßÄÖÜéèêëàâáåæçîïíìôóòõøñúùûœÅØ’“”„‘€°«»²³µ½£]|[–—](?![a-zäöüéèà])")


class Encoding:
    """Its name in Python, the mark before the text, and whether every character can be stored."""

    def __init__(self, name: str, mark: bytes = b"", is_clean: bool = True) -> None:
        self.name = name
        self.mark = mark
        self.is_clean = is_clean

    def open(self, path: str, errors: str | None = None) -> io.TextIOWrapper:
        """Open the text behind the mark. Lines end with CR, LF or both, and keep their ends."""
        file = open(path, "rb")  # closed with what wraps it
        file.seek(len(self.mark))
        return io.TextIOWrapper(file, self.name, errors or _errors(self.name), newline="")


def detect(path: str, chosen: str | None) -> Encoding:
    with open(path, "rb") as file:
        start = file.read(SAMPLE)
    mark, marked = next((pair for pair in MARKS if start.startswith(pair[0])), (b"", None))
    name = chosen or marked or _by_zeros(start)
    if name is None and _is_clean(path, Encoding("utf-8")):
        return Encoding("utf-8")
    name = name or _by_damage(path)
    encoding = Encoding(name, mark if name == marked else b"")
    encoding.is_clean = _is_clean(path, encoding)
    return encoding


def without_unreadable(text: str) -> str:
    return UNREADABLE.sub("\ufffd", text)


def _by_zeros(start: bytes) -> str | None:
    """Tell UTF-16 without a mark: in most of its characters, or in its line ends, one byte is 0."""
    pairs = max(1, len(start) // 2)
    for name, zeros, others, end in (
        ("utf-16-le", start[1::2].count(0), start[::2].count(0), "\n\0"),
        ("utf-16-be", start[::2].count(0), start[1::2].count(0), "\0\n"),
    ):
        if others * 10 > zeros or zeros * 10 < pairs:
            continue
        if zeros * 10 > pairs * 4 or end.encode() in start.replace(b"\r", b"\n"):
            return name
    return None


def _by_damage(path: str) -> str:
    """Tell UTF-8 with some damage from an encoding of one byte for each character."""
    good = damaged = 0
    for text in _texts(path, Encoding("utf-8")):
        good += len(BEYOND_ASCII.findall(text))
        damaged += len(DAMAGED.findall(text))
    return "utf-8" if good >= damaged else _by_letters(path)


def _by_letters(path: str) -> str:
    with open(path, "rb") as file:
        start = file.read(LETTERS)
    windows, mac = (
        len(LIKELY.findall(start.decode(name, "replace"))) for name in ("cp1252", "mac_roman")
    )
    return "mac_roman" if mac > windows else "cp1252"


def _is_clean(path: str, encoding: Encoding) -> bool:
    try:
        return not any("\0" in text for text in _texts(path, encoding, "strict"))
    except UnicodeDecodeError:
        return False


def _texts(path: str, encoding: Encoding, errors: str | None = None) -> Iterator[str]:
    with encoding.open(path, errors) as file:
        while text := file.read(BLOCK):
            yield text


def _errors(name: str) -> str:
    return "damaged" if name.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _mark_damage(error: UnicodeError) -> tuple[str, int]:
    """Decode half a character of UTF-16, which `surrogateescape` refuses."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    raise error


codecs.register_error("damaged", _mark_damage)
