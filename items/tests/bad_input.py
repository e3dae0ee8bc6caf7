"""What no door lets in: (fields, field at fault, code)."""

import pytest

BAD_FIELDS = [
    pytest.param({"name": ""}, "name", "required", id="empty name"),
    pytest.param({"name": " \t\u3000"}, "name", "required", id="blank name"),
    pytest.param({"name": "\u200b\u2060\ufeff"}, "name", "required", id="invisible name"),
    pytest.param({"name": "n" * 201}, "name", "max_length", id="name too long"),
    pytest.param({"name": "a\nb"}, "name", "control", id="line break in name"),
    pytest.param({"name": "\x1b[2Jb"}, "name", "control", id="terminal escape in name"),
    pytest.param({"name": "a\0b"}, "name", "null_characters_not_allowed", id="NUL in name"),
    pytest.param(
        {"name": "x", "description": "a\0b"},
        "description",
        "null_characters_not_allowed",
        id="NUL in description",
    ),
    pytest.param(
        {"name": "x", "description": "d" * 10_001},
        "description",
        "max_length",
        id="description too long",
    ),
]

GOOD_NAMES = [
    pytest.param("x" * 200, id="200 letters"),
    pytest.param("\U0001f600" * 200, id="200 characters beyond the BMP"),
    pytest.param("<b>&amp;'\" --;", id="markup"),
    pytest.param("100% %s %(x)s {0} {name}", id="placeholders"),
    pytest.param("=1+1", id="formula"),
    pytest.param("e\u0301\u200d", id="combining and joining"),
]
