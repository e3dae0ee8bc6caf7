"""What kind a file is, by its content: its name is never asked."""

import json
import re

from items.spreadsheets.reader.encoding import Encoding, detect

START = 4096  # bytes that tell
FIRST_LINE = 1 << 20  # characters that tell NDJSON from JSON

# Offset, the bytes there, the code of the refusal, and the kind it names.
MAGIC = (
    (0, b"\x89PNG", "picture", "PNG"),
    (0, b"\xff\xd8\xff", "picture", "JPEG"),
    (0, b"GIF8", "picture", "GIF"),
    (0, b"II*\0", "picture", "TIFF"),
    (0, b"MM\0*", "picture", "TIFF"),
    (8, b"WEBP", "picture", "WebP"),
    (4, b"ftyphei", "picture", "HEIC"),
    (4, b"ftypmif1", "picture", "HEIC"),
    (4, b"ftypavif", "picture", "AVIF"),
    (0, b"8BPS", "picture", "Photoshop"),
    (0, b"\0\0\1\0", "picture", "ICO"),
    (0, b"\x1f\x8b", "compressed", "gzip"),
    (0, b"BZh", "compressed", "bzip2"),
    (0, b"\xfd7zXZ\0", "compressed", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "compressed", "7z"),
    (0, b"Rar!\x1a\x07", "compressed", "RAR"),
    (0, b"\x28\xb5\x2f\xfd", "compressed", "Zstandard"),
    (0, b"\x04\x22\x4d\x18", "compressed", "LZ4"),
    (257, b"ustar", "compressed", "tar"),
    (0, b"%PDF", "document", "PDF"),
    (0, b"%!PS", "document", "PostScript"),
    (0, b"{\\rtf", "document", "RTF"),
    (0, b"SQLite format 3\0", "database", "SQLite"),
    (0, b"PAR1", "database", "Parquet"),
    (0, b"ARROW1", "database", "Arrow"),
    (0, b"PGDMP", "database", "pg_dump"),
    (4, b"Standard Jet DB", "database", "Access"),
    (4, b"Standard ACE DB", "database", "Access"),
    (0, b"\x7fELF", "program", ""),
    (0, b"MZ\x90\0", "program", ""),
    (0, b"\xcf\xfa\xed\xfe", "program", ""),
    (0, b"ID3", "media", "MP3"),
    (0, b"OggS", "media", "Ogg"),
    (0, b"fLaC", "media", "FLAC"),
    (8, b"WAVE", "media", "WAV"),
    (8, b"AVI ", "media", "AVI"),
    (4, b"ftyp", "media", "MP4"),
    (0, b"\x1aE\xdf\xa3", "media", "Matroska"),
)
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, .doc and protected .xlsx

# A name in the zip that tells its kind; None: a workbook.
IN_ZIP = (
    ("xl/workbook", None),
    ("word/", ("document", "Word")),
    ("ppt/", ("document", "PowerPoint")),
    ("Index/Document.iwa", ("numbers", "")),
    ("Index.zip", ("numbers", "")),
    ("META-INF/container.xml", ("document", "EPUB")),
)
UNPACKED = 512 << 20  # bytes that a workbook may declare

TEXTS = (
    (
        re.compile(r"\s*<(!doctype html|html|head|body|table|meta|script)\b", re.I),
        "web_page",
        "",
    ),
    (re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg\b", re.S), "picture", "SVG"),
    (re.compile(r"\s*<\?xml.*?<Workbook\b", re.S), "xml_workbook", ""),
    (re.compile(r"\s*<\?xml"), "document", "XML"),
    (re.compile(r"BEGIN:VCARD\s"), "document", "vCard"),
    (re.compile(r"BEGIN:VCALENDAR\s"), "document", "iCalendar"),
)
JSON = re.compile(r'\s*(\[\s*[\[{\]"]|\{\s*["}])')
CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")


class Refused(Exception):
    """A file that cannot be read. Its facts: a code, and what the sentence of that code names."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.facts = {"code": code} | facts


def recognise(path: str, chosen: str | None) -> tuple[str, Encoding | None]:
    """Return `workbook`, `text`, `json` or `ndjson`, and how a text is encoded."""
    with open(path, "rb") as file:
        start = file.read(START)
    if start.startswith(ZIP):
        _check_zip(path)
        return "workbook", None
    if start.startswith(OLE):
        _check_ole(path)
        return "workbook", None
    for offset, magic, code, kind in MAGIC:
        if start.startswith(magic, offset):
            raise Refused(code, kind=kind)
    encoding = detect(path, chosen)
    return _kind_of_text(path, encoding), encoding


def _check_zip(path: str) -> None:
    import zipfile

    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            unpacked = sum(part.file_size for part in packed.infolist())
            mimetype = packed.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):  # so zipfile meets odd bytes
        raise Refused("workbook_damaged")
    if unpacked > UNPACKED:
        raise Refused("too_large")
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise Refused("document", kind="OpenDocument")
    for beginning, refusal in IN_ZIP:
        if any(name.startswith(beginning) for name in names):
            if refusal:
                raise Refused(refusal[0], kind=refusal[1])
            return
    raise Refused("compressed", kind="ZIP")


def _check_ole(path: str) -> None:
    with open(path, "rb") as file:
        content = file.read()
    for name, code, kind in (
        ("EncryptedPackage", "password", ""),
        ("WordDocument", "document", "Word"),
        ("PowerPoint Document", "document", "PowerPoint"),
        ("__properties_version1.0", "document", "Outlook"),
    ):
        if name.encode("utf-16-le") in content:
            raise Refused(code, kind=kind)


def _kind_of_text(path: str, encoding: Encoding) -> str:
    with encoding.open(path) as file:
        start = file.read(START)
        is_blank = not start.strip() and not any(line.strip() for line in file)
    if is_blank:
        raise Refused("empty")
    # Texts can consist of control characters, but none that PostgreSQL has contains null.
    if "\0" in start and len(CONTROL.findall(start)) > len(start) / 20:
        raise Refused("binary")
    for pattern, code, kind in TEXTS:
        if pattern.match(start):
            raise Refused(code, kind=kind)
    if JSON.match(start):
        return _json_or_ndjson(path, encoding)
    return "text"


def _json_or_ndjson(path: str, encoding: Encoding) -> str:
    with encoding.open(path) as file:
        first = next(line for line in iter(lambda: file.readline(FIRST_LINE), "") if line.strip())
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return "json"
    is_list = isinstance(value, list) or any(map(_is_list_of_objects, value.values()))
    return "json" if is_list else "ndjson"


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
