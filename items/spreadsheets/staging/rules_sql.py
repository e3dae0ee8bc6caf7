"""Statements for the rules of a row: what the reader gave (raw) becomes texts to compare (judged).

The names that are made from WRITABLE are those of the columns; all others are chosen so that no
field is likely to be called so.
"""

import re

from items.models.item import OPTIONAL, TRIMMED, WRITABLE, max_length
from items.models.rules import BREAKS_LINE, INVISIBLE, NAME_MAX_LENGTH, NAME_VISIBLE, SPACE
from items.search.sorting import BIGINT_MAX

LINES_FIELD = "description"  # where the lines of other columns go
ID_SHOWN_LENGTH = 50  # characters of a wrong id

# btrim() takes characters, not a pattern.
_SPACES = (chr(code) for code in range(0x3001) if re.match(f"[{SPACE}]", chr(code)))
SPACES = "E'" + "".join(f"\\u{ord(character):04x}" for character in _SPACES) + "'"

COLUMNS = ", ".join(WRITABLE)
RAW = f"""
    CREATE TEMP TABLE raw (
        line int, id text, {", ".join(f"{field} text" for field in WRITABLE)}, extra text,
        problem text
    ) ON COMMIT DROP
"""
COPY = f"COPY raw (line, id, {COLUMNS}, extra, problem) FROM STDIN"


def _trimmed(field: str) -> str:
    """Return the SQL of a cell as text to save: without spaces around, or with LF as line ends."""
    if field in TRIMMED:
        return f"btrim({field}, {SPACES})"
    return f"""CASE WHEN strpos({field}, E'\\r') > 0
        THEN replace(replace({field}, E'\\r\\n', E'\\n'), E'\\r', E'\\n') ELSE {field} END"""


def _read_as(field: str) -> str:
    """Return the SQL of a cell's text, and its other reading if it begins with an apostrophe.

    Our export to CSV puts an apostrophe before what looks like a formula. Spreadsheets carry it
    into workbooks, and bring those of workbooks into CSV.
    """
    unescaped = f"items_unescape({field})"
    if field in TRIMMED:
        unescaped = f"btrim({unescaped}, {SPACES})"
    text = f"CASE WHEN %(is_text)s AND ascii({field}) = 39 THEN {unescaped} ELSE {field} END"
    if field != "name":  # without an id, an empty cell empties nothing
        text = f"CASE WHEN {field} = '' AND given_id IS NULL THEN NULL ELSE {text} END"
    other = f"""CASE WHEN ascii({field}) = 39
        THEN CASE WHEN %(is_text)s THEN {field} ELSE {unescaped} END END"""
    return f"{text} AS {field}, {other} AS other_{field}"


def _with_extra(field: str) -> str:
    if field != LINES_FIELD:
        return f"{field}, other_{field}"
    return f"""
        CASE WHEN extra IS NULL THEN {field}
            ELSE concat_ws(E'\\n', nullif({field}, ''), extra) END AS {field},
        CASE WHEN extra IS NULL THEN other_{field} END AS other_{field},
        CASE WHEN {field} IS NULL THEN extra END AS lines"""


def _fault(column: str, code: str, condition: str, more: str = "''") -> str:
    """Return the SQL of a fault as JSON, or NULL. `more` is the SQL of its other members."""
    head = f'{{"column": "{column}", "code": "{code}"'
    return f"CASE WHEN {condition} THEN '{head}' || {more} || '}}' END"


def _faults_of_id() -> list[str]:
    value = f"""', "value": ' || to_json(left(given_id, {ID_SHOWN_LENGTH}))::text"""
    return [
        _fault("id", "not_an_id", "given_id IS NOT NULL AND number IS NULL", value),
        _fault("id", "id_below_one", "number < 1", value),
        _fault("id", "no_item", f"number > {BIGINT_MAX}", value),
    ]


def fault_of_length(field: str) -> str:
    limit = max_length(field)
    length = f"""', "max": {limit}, "length": ' || length({field})"""
    return _fault(field, "too_many_characters", f"length({field}) > {limit}", length)


def _faults_of(field: str) -> list[str]:
    faults = [fault_of_length(field)]
    if field in TRIMMED:
        faults.append(_fault(field, "one_line", f"{field} ~ '{BREAKS_LINE}'"))
    if field not in OPTIONAL:
        missing = f"{field} IS NULL AND given_id IS NULL OR {field} !~ '{NAME_VISIBLE}'"
        faults.append(_fault(field, "required", missing))
    return faults


FAULTS = ",\n            ".join(
    [*_faults_of_id(), *(f for field in WRITABLE for f in _faults_of(field))]
)
FOLDED = f'left(items_fold(name), {NAME_MAX_LENGTH}) COLLATE "C"'
VISIBLY_FOLDED = FOLDED.replace("name", f"regexp_replace(name, '[{INVISIBLE}]', '', 'g')")
# Each step is materialized: otherwise every use of a text would trim and unescape it again. A row
# without an id has `folded`, the key of an item of the same name, and `look`, which ignores marks
# that nobody sees.
JUDGE = f"""
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    WITH cells AS MATERIALIZED (
        SELECT line, nullif(btrim(id, {SPACES}), '') AS given_id, extra, problem,
            {", ".join(f"{_trimmed(field)} AS {field}" for field in WRITABLE)}
        FROM raw
    ), readings AS MATERIALIZED (
        SELECT line, given_id, extra, problem,
            CASE WHEN given_id ~ '^[0-9]{{1,30}}(\\.0+)?$' THEN trunc(given_id::numeric) END
                AS number,
            {", ".join(map(_read_as, WRITABLE))}
        FROM cells
    ), texts AS MATERIALIZED (
        SELECT line, given_id, number, problem, {", ".join(map(_with_extra, WRITABLE))}
        FROM readings
    )
    SELECT line, {COLUMNS}, {", ".join(f"other_{field}" for field in WRITABLE)}, lines,
        CASE WHEN number BETWEEN 1 AND {BIGINT_MAX} THEN number::bigint END AS item,
        CASE WHEN given_id IS NULL THEN {FOLDED} END AS folded,
        CASE WHEN given_id IS NULL AND name ~ '[{INVISIBLE}]' THEN {VISIBLY_FOLDED} END AS look,
        coalesce(problem, '[' || nullif(concat_ws(', ',
            {FAULTS}
        ), '') || ']')::jsonb AS problem
    FROM texts
"""

# How many rows name an item by its id, and how many of them would rename it.
COUNT_RENAMED = """
    SELECT count(*) FILTER (WHERE items_fold(i.name) <> items_fold(j.name)), count(*)
    FROM judged AS j JOIN items_item AS i ON i.id = j.item
    WHERE j.problem IS NULL
"""
# Ids of items that do not exist, and items whose texts would become empty
COUNT_UNKNOWN = """
    SELECT count(*) FROM judged AS j
    WHERE j.problem IS NULL AND j.item IS NOT NULL
        AND NOT EXISTS (SELECT FROM items_item AS i WHERE i.id = j.item)
"""
COUNT_EMPTIED = f"""
    SELECT count(DISTINCT i.id) FROM judged AS j JOIN items_item AS i ON i.id = j.item
    WHERE j.problem IS NULL
        AND ({" OR ".join(f"j.{field} = '' AND i.{field} <> ''" for field in WRITABLE)})
"""
FORGET_IDS = "UPDATE raw SET id = NULL"
FORGET_UNKNOWN_IDS = """
    UPDATE raw SET id = NULL FROM judged AS j
    WHERE j.line = raw.line AND j.problem IS NULL AND j.item IS NOT NULL
        AND NOT EXISTS (SELECT FROM items_item AS i WHERE i.id = j.item)
"""
