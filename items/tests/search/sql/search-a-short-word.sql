EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE (search ~ ('\m' || lower($1))
       AND items_holds(search, $2)
       OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
       OR items_holds(left(split_part(search, E'\n', 1), 200), $4));

WITH hits AS MATERIALIZED
  (SELECT id AS key0
   FROM items_item
   WHERE (search ~ ('\m' || lower($1))
          AND items_holds(search, $2)
          OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
          OR items_holds(left(split_part(search, E'\n', 1), 200), $4))
     AND TRUE), page AS
  (SELECT *
   FROM hits
   ORDER BY key0 DESC
   LIMIT 51)
SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(regexp_instr(substr(search, strpos(search, E'\n') + 1), '\m' || lower($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0))))) <> least(nullif(regexp_instr(substr(search, strpos(search, E'\n') + 1), '\m' || lower($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) THEN description
           WHEN least(nullif(regexp_instr(substr(search, strpos(search, E'\n') + 1), '\m' || lower($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(regexp_instr(substr(search, strpos(search, E'\n') + 1), '\m' || lower($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       id
FROM items_item
JOIN page ON id = key0
ORDER BY key0 DESC
LIMIT 51;

EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE (search ~ ('\m' || lower($1))
       AND items_holds(search, $2)
       OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
       OR items_holds(left(split_part(search, E'\n', 1), 200), $4));

SELECT count(*)
FROM
  (SELECT
   FROM items_item
   WHERE (search ~ ('\m' || lower($1))
          AND items_holds(search, $2)
          OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
          OR items_holds(left(split_part(search, E'\n', 1), 200), $4))
   LIMIT 200000) AS items;
