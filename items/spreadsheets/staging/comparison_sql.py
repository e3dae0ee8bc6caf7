"""The statement that compares the rows of a file (judged) with the list.

A row with an id is that item. Without one, rows and items that say the same pair off one to one;
then a name that only one item and one row have is that item. Names are equal to the letter; what
looks alike is `close`, and no door imports it unasked.
"""

from items.models.functions import CODE_POINT_ORDER
from items.models.item import WRITABLE
from items.spreadsheets.staging.rules_sql import COLUMNS, LINES_FIELD, fault_of_length

OTHERS = WRITABLE[1:]
FOLDED_OF_ITEM = CODE_POINT_ORDER.replace("search", "i.search")


def _joined(separator: str, pattern: str, fields: tuple[str, ...] = WRITABLE) -> str:
    return separator.join(pattern.format(field=field, bit=_bit(field)) for field in fields)


def _bit(field: str) -> int:
    return 1 << WRITABLE.index(field)


def _target(row: str) -> str:
    """Return the SQL of the texts that an item `i` will have after a row."""

    def text(field: str) -> str:
        lines = f"WHEN {row}.lines IS NOT NULL THEN items_with_lines(i.{field}, {row}.lines)"
        return f"""CASE {lines if field == LINES_FIELD else ""}
            WHEN {row}.{field} IS NULL OR {row}.other_{field} = i.{field} THEN i.{field}
            ELSE {row}.{field} END AS {field}"""

    return ",\n        ".join(map(text, WRITABLE))


SAME = _joined(" AND ", "{field} = old_{field}")
OLD = _joined(", ", "i.{field} AS old_{field}")
TOO_LONG = ", ".join(fault_of_length(field) for field in WRITABLE)
PRESENT = _joined(", ", r"coalesce(j.{field}, E'\x02')")
SAID = rf"concat_ws(E'\x01', {PRESENT}, lines)"
GIVEN = _joined(" + ", "CASE WHEN {field} IS NULL THEN 0 ELSE {bit} END")
OFFERED = _joined(", ", "CASE WHEN asked.given & {bit} <> 0 THEN alike.{field} ELSE '' END", OTHERS)

COMPARE = f"""
    WITH claims AS (
        SELECT j.line, j.item, i.version, i.id IS NULL AS is_gone, {OLD},
        {_target("j")},
        row_number() OVER (PARTITION BY j.item ORDER BY j.line) AS nth,
        min(j.line) OVER (PARTITION BY j.item) AS first_line,
        count(*) OVER (PARTITION BY j.item) AS times,
        min(said) OVER (PARTITION BY j.item) = max(said) OVER (PARTITION BY j.item) AS all_agree
        FROM judged AS j
        CROSS JOIN LATERAL (
            SELECT {SAID}
        ) AS whole (said)
        LEFT JOIN items_item AS i ON i.id = j.item
        WHERE j.problem IS NULL AND j.item IS NOT NULL
    ), named AS (
        -- nth: among those that say the same. given: which fields are not NULL
        SELECT *, row_number() OVER same AS nth, min(line) OVER same AS first_line
        FROM (
            SELECT *, {GIVEN} AS given FROM judged WHERE problem IS NULL AND item IS NULL
        ) AS j
        WINDOW same AS (PARTITION BY {COLUMNS}, lines ORDER BY line)
    ), alike AS MATERIALIZED (
        -- items of such names, whatever their case and accents
        SELECT i.id, i.version, {_joined(", ", "i.{field}")}, {FOLDED_OF_ITEM} AS folded,
            claimed.item IS NOT NULL AS is_claimed
        FROM items_item AS i LEFT JOIN (SELECT DISTINCT item FROM claims) AS claimed ON item = i.id
        WHERE {FOLDED_OF_ITEM} = ANY (
            SELECT folded FROM named UNION SELECT look FROM named WHERE look IS NOT NULL
        )
    ), offered AS (
        -- each item as rows would name it that leave some fields out, numbered in the same way
        SELECT *, row_number() OVER (PARTITION BY given, {COLUMNS} ORDER BY id) AS nth
        FROM (
            SELECT id, version, given, alike.name, {OFFERED}
            FROM alike JOIN (SELECT DISTINCT name, given FROM named) AS asked USING (name)
            WHERE NOT is_claimed
        ) AS items (id, version, given, {COLUMNS})
    ), pairs AS (
        SELECT named.line, offered.id, offered.version
        FROM named JOIN offered ON named.name = offered.name AND named.given = offered.given
            AND named.nth = offered.nth
            AND {_joined(" AND ", "coalesce(named.{field}, '') = offered.{field}", OTHERS)}
    ), left_over AS (
        -- unpaired items of each name; none of a name that only claimed items have
        SELECT name, count(*) FILTER (WHERE NOT is_claimed) AS total,
            count(*) FILTER (WHERE NOT is_claimed AND paired.id IS NULL) AS free,
            min(id) FILTER (WHERE NOT is_claimed AND paired.id IS NULL) AS id
        FROM alike LEFT JOIN (SELECT DISTINCT id FROM pairs) AS paired USING (id)
        GROUP BY name
    ), looks AS (
        -- the first row of each look, whether it met its item or not
        SELECT DISTINCT ON (coalesce(look, folded)) coalesce(look, folded) AS look, line, name
        FROM named ORDER BY coalesce(look, folded), line
    ), other_spelling AS (
        SELECT folded, min(id) AS id FROM alike GROUP BY folded
    ), rest AS (
        SELECT named.*, count(*) OVER (PARTITION BY named.name) AS rows_left,
            looks.line AS look_line, looks.name AS look_name
        FROM named JOIN looks ON looks.look = coalesce(named.look, named.folded)
        WHERE named.nth = 1 AND NOT EXISTS (SELECT FROM pairs WHERE pairs.line = named.line)
    ), decided AS (
        SELECT rest.*, left_over.id AS same_name, coalesce(left_over.id, spelling.id) AS twin_item,
            CASE WHEN left_over.name IS NULL AND spelling.id IS NULL THEN look_line END
                AS twin_line,
            CASE
                WHEN free = 1 AND total = 1 AND rows_left = 1 THEN 'changed'
                WHEN free > 0 OR left_over.name IS NULL
                    AND (spelling.id IS NOT NULL OR look_name <> rest.name) THEN 'close'
                ELSE 'new'
            END AS row_status
        FROM rest
        LEFT JOIN left_over ON left_over.name = rest.name
        LEFT JOIN other_spelling AS spelling ON spelling.folded = coalesce(rest.look, rest.folded)
    ), compared AS (
        SELECT line, 'wrong' AS row_status, NULL::bigint AS item, NULL::bigint AS version,
            NULL::bigint AS twin_item, NULL::int AS twin_line, '' AS lines, {COLUMNS}, problem
        FROM judged WHERE problem IS NOT NULL
        UNION ALL
        SELECT line,
            CASE WHEN is_gone OR NOT all_agree THEN 'wrong' WHEN nth > 1 THEN 'repeated'
                WHEN {SAME} THEN 'unchanged' ELSE 'changed' END,
            item, version, NULL, CASE WHEN nth > 1 THEN first_line END, '', {COLUMNS},
            CASE WHEN is_gone THEN jsonb_build_array(jsonb_build_object(
                'column', 'id', 'code', 'no_item', 'value', item::text))
            WHEN NOT all_agree THEN jsonb_build_array(jsonb_build_object(
                'column', 'id', 'code', 'many_lines', 'value', item::text, 'lines', times))
            END
        FROM claims
        UNION ALL
        SELECT line, 'unchanged', pairs.id, pairs.version, NULL, NULL, '',
            name, {", ".join("NULL" for _ in OTHERS)}, NULL
        FROM pairs JOIN named USING (line)
        UNION ALL
        SELECT line, 'repeated', NULL, NULL, NULL, first_line, '', {COLUMNS}, NULL
        FROM named
        WHERE nth > 1 AND NOT EXISTS (SELECT FROM pairs WHERE pairs.line = named.line)
        UNION ALL
        SELECT line, CASE WHEN {SAME} THEN 'unchanged' ELSE 'changed' END, item, version,
            NULL, NULL, '', {COLUMNS}, NULL
        FROM (
            SELECT d.line, i.id AS item, i.version, {OLD},
            {_target("d")}
            FROM decided AS d JOIN items_item AS i ON i.id = d.same_name
            WHERE d.row_status = 'changed'
        ) AS by_name
        UNION ALL
        SELECT d.line, d.row_status, NULL, i.version, i.id,
            CASE d.row_status WHEN 'close' THEN d.twin_line END, coalesce(d.lines, ''),
            {_joined(", ", "d.{field}")}, NULL
        FROM decided AS d
        LEFT JOIN items_item AS i ON i.id = d.twin_item AND d.row_status = 'close'
        WHERE d.row_status <> 'changed'
    ), judged_again AS (
        SELECT *, CASE
            WHEN row_status = 'new' AND NOT %(may_add)s THEN '[{{"code": "may_not_add"}}]'
            WHEN row_status = 'changed' AND NOT %(may_change)s THEN '[{{"code": "may_not_change"}}]'
            WHEN row_status = 'changed' THEN '[' || nullif(concat_ws(', ', {TOO_LONG}), '') || ']'
        END::jsonb AS refusal
        FROM compared
    ), staged AS (
        INSERT INTO items_staged (
            upload_id, line, row_status, item, version, twin_item, twin_line, lines, {COLUMNS},
            problem
        )
        SELECT %(upload)s::uuid, line, CASE WHEN refusal IS NULL THEN row_status ELSE 'wrong' END,
            item, version, twin_item, twin_line, lines, {COLUMNS}, coalesce(problem, refusal)
        FROM judged_again
        RETURNING row_status
    )
    SELECT row_status, count(*) FROM staged GROUP BY row_status
"""
