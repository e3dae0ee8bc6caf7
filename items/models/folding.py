"""Folded text: without case, accents and invisible characters, as searches compare it.

`fold` gives the same as `items_fold` in PostgreSQL, which fills the column `search`; the migration
0005 contains that function, and test_folding.py compares the two for every character.

A text is decomposed (NFKD) and written in small letters. Then the characters of IGNORED are
removed, and LETTERS replaced. What is left is composed again (NFC). That is full case folding, NFKC
and the first level of the Unicode collation algorithm, but for what tests/data/folding.json says.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Format characters (Cf), and the marks (Mn) without a primary weight in DUCET 13, the table of the
# Unicode collation algorithm. U+0640 stretches Arabic words. The sound marks U+3099 and U+309A are
# missing here: in Japanese they make another letter.
IGNORED = (
    r"\u00ad\u0300-\u0362\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0600-\u0605\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dd\u06df-\u06e4"
    r"\u06e7\u06e8\u06ea-\u06ed\u070f\u0711\u0730-\u074a\u07eb-\u07f3\u07fd\u0818\u0819"
    r"\u081c-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0890\u0891\u08d3-\u0902\u093c"
    r"\u0951-\u0954\u0981\u09bc\u09fe-\u0a02\u0a3c\u0a70\u0a71\u0a81\u0a82\u0abc"
    r"\u0afa-\u0b01\u0b3c\u0b55\u0b82\u0c00\u0c04\u0c81\u0cbc\u0d00\u0d01\u0d81"
    r"\u0e47-\u0e4e\u0ec8-\u0ecd\u0f18\u0f19\u0f35\u0f37\u0f39\u0f7e\u0f82\u0f83\u0f86"
    r"\u0f87\u0fc6\u1036\u1037\u135d-\u135f\u17b4\u17b5\u17c6\u17c9-\u17d1\u17d3\u17dd"
    r"\u180b-\u180e\u1939-\u193b\u1a74-\u1a7f\u1ab0-\u1abd\u1b00-\u1b03\u1b34\u1b6b-\u1b73"
    r"\u1b80\u1b81\u1be6\u1c37\u1cd0-\u1cd2\u1cd4-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf8"
    r"\u1cf9\u1dc0-\u1dc9\u1dcb-\u1dd1\u1df5-\u1df9\u1dfb-\u1dff\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u20d0-\u20dc\u20e1\u20e5-\u20f0\u2cef-\u2cf1\u2d7f\u302a-\u302d\ua66f"
    r"\ua67c\ua67d\ua6f0\ua6f1\ua80b\ua8c5\ua8e0-\ua8f1\ua92b-\ua92d\ua980-\ua982\ua9b3"
    r"\uaabf\uaac1\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff9-\ufffb\U000101fd\U000102e0"
    r"\U00010a0d-\U00010a0f\U00010a38-\U00010a3a\U00010ae5\U00010ae6\U00010d24-\U00010d27"
    r"\U00010eab\U00010eac\U00010f46-\U00010f50\U00011001\U00011080\U00011081\U000110ba"
    r"\U000110bd\U000110cd\U00011100-\U00011102\U00011173\U00011180\U00011181"
    r"\U000111c9-\U000111cc\U000111cf\U00011234\U00011236\U00011237\U0001123e\U000112df"
    r"\U000112e9\U00011300\U00011301\U0001133b\U0001133c\U00011366-\U00011374\U00011443"
    r"\U00011444\U00011446\U0001145e\U000114bf\U000114c0\U000114c3\U000115bc\U000115bd"
    r"\U000115c0\U0001163d\U00011640\U000116ab\U000116b7\U00011837\U0001183a\U0001193b"
    r"\U0001193c\U00011943\U00011a33\U00011a35-\U00011a38\U00011a96\U00011a98\U00011c3c"
    r"\U00011c3d\U00011cb5\U00011cb6\U00011d40-\U00011d43\U00011d95\U00013430-\U00013438"
    r"\U00016af0-\U00016af4\U00016b30-\U00016b36\U00016fe4\U0001bc9d\U0001bc9e"
    r"\U0001bca0-\U0001bca3\U0001d167-\U0001d169\U0001d173-\U0001d182\U0001d185-\U0001d18b"
    r"\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c"
    r"\U0001da75\U0001da84\U0001da9b-\U0001daaf\U0001e130-\U0001e136\U0001e2ec-\U0001e2ef"
    r"\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a\U000e0001-\U000e01ef"
)
# What becomes what: letters that Unicode does not decompose, other forms of a letter, digits, and
# punctuation that programs write instead of what people type.
FORMS = {
    "ae": "æ",
    "oe": "œ",
    "th": "þ",
    "ss": "ß",
    "o": "ø",
    "d": "đð",
    "l": "ł",
    "h": "ħ",
    "i": "ı",
    "t": "ŧ",
    "'": "‘’‚‛′",
    '"': "“”„‟«»",
    "-": "‐‒–—―−",
    "/": "⁄",
    "x": "×",
    "σ": "ς",
    "в": "ᲀ",
    "д": "ᲁ",
    "о": "ᲂ",
    "с": "ᲃ",
    "т": "ᲄᲅ",
    "ъ": "ᲆ",
    "ѣ": "ᲇ",
    "ꙋ": "ᲈ",
    # Hebrew letters at the end of a word: kaf, mem, nun, pe, tsadi
    "\u05db": "\u05da",
    "\u05de": "\u05dd",
    "\u05e0": "\u05df",
    "\u05e4": "\u05e3",
    "\u05e6": "\u05e5",
    # Arabic letters as Persian, Urdu and Arabic write them: alef, yeh, kaf, heh
    "\u0627": "\u0671",
    "\u064a": "\u0649\u06cc",
    "\u0643": "\u06a9\u06aa",
    "\u0647": "\u0629\u06be\u06c1\u06c3\u06d5",
} | {
    # Arabic and Persian digits
    str(digit): chr(0x0660 + digit) + chr(0x06F0 + digit)
    for digit in range(10)
}
LETTERS = {form: letter for letter, forms in FORMS.items() for form in forms}
SHORT_I = "\u0438\u0306"  # й is a letter, and not an accented и; DUCET says so too

_IGNORED = re.compile(f"[{IGNORED}]")
_LETTERS = str.maketrans(LETTERS)


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).lower().replace(SHORT_I, "\u0439")
    return unicodedata.normalize("NFC", _IGNORED.sub("", text).translate(_LETTERS))


def fold_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the folded text, and for each of its characters where it begins and ends in `text`."""
    if text.isascii():
        return text.lower(), [(place, place + 1) for place in range(len(text))]
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    for start, cluster in _clusters(text):
        pieces.append(_fold_cluster(cluster))
        places += [(start, start + len(cluster))] * len(pieces[-1])
    return "".join(pieces), places


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each character with the marks and jamo that follow: they are folded together."""
    start = 0
    for place in range(1, len(text)):
        if not _continues(text[place]):
            yield start, text[start:place]
            start = place
    yield start, text[start:]


@lru_cache(10_000)
def _continues(character: str) -> bool:
    is_jamo = "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff"
    is_mark = unicodedata.category(character)[0] == "M" or character in "\uff9e\uff9f"
    return is_jamo or is_mark or bool(_IGNORED.match(character))


_fold_cluster = lru_cache(10_000)(fold)
