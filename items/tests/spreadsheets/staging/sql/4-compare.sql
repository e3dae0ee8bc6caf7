WITH claims AS
  (SELECT j.line,
          j.item,
          i.version,
          i.id IS NULL AS is_gone,
                  i.name AS old_name,
                  i.description AS old_description,
                  CASE
                      WHEN j.name IS NULL
                           OR j.other_name = i.name THEN i.name
                      ELSE j.name
                  END AS name,
                  CASE
                      WHEN j.lines IS NOT NULL THEN items_with_lines(i.description, j.lines)
                      WHEN j.description IS NULL
                           OR j.other_description = i.description THEN i.description
                      ELSE j.description
                  END AS description,
                  row_number() OVER (PARTITION BY j.item
                                     ORDER BY j.line) AS nth,
                  min(j.line) OVER (PARTITION BY j.item) AS first_line,
                  count(*) OVER (PARTITION BY j.item) AS times,
                  min(said) OVER (PARTITION BY j.item) = max(said) OVER (PARTITION BY j.item) AS all_agree
   FROM judged AS j
   CROSS JOIN LATERAL
     (SELECT concat_ws(E'\x01', coalesce(j.name, E'\x02'), coalesce(j.description, E'\x02'), lines)) AS whole (said)
   LEFT JOIN items_item AS i ON i.id = j.item
   WHERE j.problem IS NULL
     AND j.item IS NOT NULL),
     named AS
  (-- nth: among those that say the same. given: which fields are not NULL
 SELECT *,
        row_number() OVER same AS nth,
        min(line) OVER same AS first_line
   FROM
     (SELECT *,
             CASE
                 WHEN name IS NULL THEN 0
                 ELSE 1
             END + CASE
                       WHEN description IS NULL THEN 0
                       ELSE 2
                   END AS given
      FROM judged
      WHERE problem IS NULL
        AND item IS NULL) AS j WINDOW same AS (PARTITION BY name,
                                                            description,
                                                            lines
                                               ORDER BY line)),
     alike AS MATERIALIZED
  (-- items of such names, whatever their case and accents
 SELECT i.id,
        i.version,
        i.name,
        i.description,
        (left(split_part(i.search, E'\n', 1), 200) COLLATE "C") AS folded,
        claimed.item IS NOT NULL AS is_claimed
   FROM items_item AS i
   LEFT JOIN
     (SELECT DISTINCT item
      FROM claims) AS claimed ON item = i.id
   WHERE (left(split_part(i.search, E'\n', 1), 200) COLLATE "C") = ANY
       (SELECT folded
        FROM named
        UNION SELECT look
        FROM named
        WHERE look IS NOT NULL)), offered AS
  (-- each item as rows would name it that leave some fields out, numbered in the same way
 SELECT *,
        row_number() OVER (PARTITION BY given, name, description
                           ORDER BY id) AS nth
   FROM
     (SELECT id,
             version,
             given,
             alike.name,
             CASE
                 WHEN asked.given & 2 <> 0 THEN alike.description
                 ELSE ''
             END
      FROM alike
      JOIN
        (SELECT DISTINCT name,
                         given
         FROM named) AS asked USING (name)
      WHERE NOT is_claimed) AS items (id, version, given, name, description)),
                                  pairs AS
  (SELECT named.line,
          offered.id,
          offered.version
   FROM named
   JOIN offered ON named.name = offered.name
   AND named.given = offered.given
   AND named.nth = offered.nth
   AND coalesce(named.description, '') = offered.description),
                                  left_over AS
  (-- unpaired items of each name; none of a name that only claimed items have
 SELECT name,
        count(*) FILTER (
                         WHERE NOT is_claimed) AS total,
        count(*) FILTER (
                         WHERE NOT is_claimed
                           AND paired.id IS NULL) AS free,
        min(id) FILTER (
                        WHERE NOT is_claimed
                          AND paired.id IS NULL) AS id
   FROM alike
   LEFT JOIN
     (SELECT DISTINCT id
      FROM pairs) AS paired USING (id)
   GROUP BY name),
                                  looks AS
  (-- the first row of each look, whether it met its item or not
 SELECT DISTINCT ON (coalesce(look, folded)) coalesce(look, folded) AS look,
                    line,
                    name
   FROM named
   ORDER BY coalesce(look, folded),
            line),
                                  other_spelling AS
  (SELECT folded,
          min(id) AS id
   FROM alike
   GROUP BY folded),
                                  rest AS
  (SELECT named.*,
          count(*) OVER (PARTITION BY named.name) AS rows_left,
          looks.line AS look_line,
          looks.name AS look_name
   FROM named
   JOIN looks ON looks.look = coalesce(named.look, named.folded)
   WHERE named.nth = 1
     AND NOT EXISTS
       (SELECT
        FROM pairs
        WHERE pairs.line = named.line)),
                                  decided AS
  (SELECT rest.*,
          left_over.id AS same_name,
          coalesce(left_over.id, spelling.id) AS twin_item,
          CASE
              WHEN left_over.name IS NULL
                   AND spelling.id IS NULL THEN look_line
          END AS twin_line,
          CASE
              WHEN free = 1
                   AND total = 1
                   AND rows_left = 1 THEN 'changed'
              WHEN free > 0
                   OR left_over.name IS NULL
                   AND (spelling.id IS NOT NULL
                        OR look_name <> rest.name) THEN 'close'
              ELSE 'new'
          END AS row_status
   FROM rest
   LEFT JOIN left_over ON left_over.name = rest.name
   LEFT JOIN other_spelling AS spelling ON spelling.folded = coalesce(rest.look, rest.folded)),
                                  compared AS
  (SELECT line,
          'wrong' AS row_status,
          NULL::bigint AS item,
          NULL::bigint AS version,
          NULL::bigint AS twin_item,
          NULL::int AS twin_line,
          '' AS lines,
          name,
          description,
          problem
   FROM judged
   WHERE problem IS NOT NULL
   UNION ALL SELECT line,
                    CASE
                        WHEN is_gone
                             OR NOT all_agree THEN 'wrong'
                        WHEN nth > 1 THEN 'repeated'
                        WHEN name = old_name
                             AND description = old_description THEN 'unchanged'
                        ELSE 'changed'
                    END,
                    item,
                    version,
                    NULL,
                    CASE
                        WHEN nth > 1 THEN first_line
                    END,
                    '',
                    name,
                    description,
                    CASE
                        WHEN is_gone THEN jsonb_build_array(jsonb_build_object('column', 'id', 'code', 'no_item', 'value', item::text))
                        WHEN NOT all_agree THEN jsonb_build_array(jsonb_build_object('column', 'id', 'code', 'many_lines', 'value', item::text, 'lines', times))
                    END
   FROM claims
   UNION ALL SELECT line,
                    'unchanged',
                    pairs.id,
                    pairs.version,
                    NULL,
                    NULL,
                    '',
                    name,
                    NULL,
                    NULL
   FROM pairs
   JOIN named USING (line)
   UNION ALL SELECT line,
                    'repeated',
                    NULL,
                    NULL,
                    NULL,
                    first_line,
                    '',
                    name,
                    description,
                    NULL
   FROM named
   WHERE nth > 1
     AND NOT EXISTS
       (SELECT
        FROM pairs
        WHERE pairs.line = named.line)
   UNION ALL SELECT line,
                    CASE
                        WHEN name = old_name
                             AND description = old_description THEN 'unchanged'
                        ELSE 'changed'
                    END,
                    item,
                    version,
                    NULL,
                    NULL,
                    '',
                    name,
                    description,
                    NULL
   FROM
     (SELECT d.line,
             i.id AS item,
             i.version,
             i.name AS old_name,
             i.description AS old_description,
             CASE
                 WHEN d.name IS NULL
                      OR d.other_name = i.name THEN i.name
                 ELSE d.name
             END AS name,
             CASE
                 WHEN d.lines IS NOT NULL THEN items_with_lines(i.description, d.lines)
                 WHEN d.description IS NULL
                      OR d.other_description = i.description THEN i.description
                 ELSE d.description
             END AS description
      FROM decided AS d
      JOIN items_item AS i ON i.id = d.same_name
      WHERE d.row_status = 'changed') AS by_name
   UNION ALL SELECT d.line,
                    d.row_status,
                    NULL,
                    i.version,
                    i.id,
                    CASE d.row_status
                        WHEN 'close' THEN d.twin_line
                    END,
                    coalesce(d.lines, ''),
                    d.name,
                    d.description,
                    NULL
   FROM decided AS d
   LEFT JOIN items_item AS i ON i.id = d.twin_item
   AND d.row_status = 'close'
   WHERE d.row_status <> 'changed'),
                                  judged_again AS
  (SELECT *,
          CASE
              WHEN row_status = 'new'
                   AND NOT %(may_add)s THEN '[{"code": "may_not_add"}]'
              WHEN row_status = 'changed'
                   AND NOT %(may_change)s THEN '[{"code": "may_not_change"}]'
              WHEN row_status = 'changed' THEN '[' || nullif(concat_ws(', ', CASE
                                                                                 WHEN length(name) > 200 THEN '{"column": "name", "code": "too_many_characters"' || ', "max": 200, "length": ' || length(name) || '}'
                                                                             END, CASE
                                                                                      WHEN length(description) > 10000 THEN '{"column": "description", "code": "too_many_characters"' || ', "max": 10000, "length": ' || length(description) || '}'
                                                                                  END), '') || ']'
          END::jsonb AS refusal
   FROM compared),
                                  staged AS
  (INSERT INTO items_staged (upload_id, line, row_status, item, version, twin_item, twin_line, lines, name, description, problem) SELECT %(upload)s::uuid,
                                                                                                                                         line,
                                                                                                                                         CASE
                                                                                                                                             WHEN refusal IS NULL THEN row_status
                                                                                                                                             ELSE 'wrong'
                                                                                                                                         END,
                                                                                                                                         item,
                                                                                                                                         version,
                                                                                                                                         twin_item,
                                                                                                                                         twin_line,
                                                                                                                                         lines,
                                                                                                                                         name,
                                                                                                                                         description,
                                                                                                                                         coalesce(problem, refusal)
   FROM judged_again RETURNING row_status)
SELECT row_status,
       count(*)
FROM staged
GROUP BY row_status;
