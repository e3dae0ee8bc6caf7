EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE (items_holds(search, $1)
       OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($2));

WITH hits AS MATERIALIZED
  (SELECT id AS key0
   FROM items_item
   WHERE (items_holds(search, $1)
          OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($2))
     AND TRUE), page AS
  (SELECT *
   FROM hits
   ORDER BY key0 DESC
   LIMIT 51)
SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
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
WHERE (items_holds(search, $1)
       OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($2));

SELECT count(*)
FROM
  (SELECT
   FROM items_item
   WHERE (items_holds(search, $1)
          OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($2))
   LIMIT 200000) AS items;
