SELECT id,
       name,
       CASE
           WHEN length(search) - strpos(search, E'\n') < length(description) THEN description
           WHEN least(nullif(strpos(search, items_fold($1)), 0), nullif(strpos(search, items_fold($2)), 0)) - strpos(search, E'\n') - 50 <= 100 THEN left(description, 200)
           WHEN length(search) - strpos(search, E'\n') > length(description) THEN description
           ELSE coalesce('…' || substr(description, least(nullif(strpos(search, items_fold($1)), 0), nullif(strpos(search, items_fold($2)), 0)) - strpos(search, E'\n') - 50, 200), left(description, 200))
       END ,
       updated_at,
       '',
       0, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") = items_fold($3)
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

SELECT id,
       name,
       CASE
           WHEN length(search) - strpos(search, E'\n') < length(description) THEN description
           WHEN least(nullif(strpos(search, items_fold($1)), 0), nullif(strpos(search, items_fold($2)), 0)) - strpos(search, E'\n') - 50 <= 100 THEN left(description, 200)
           WHEN length(search) - strpos(search, E'\n') > length(description) THEN description
           ELSE coalesce('…' || substr(description, least(nullif(strpos(search, items_fold($1)), 0), nullif(strpos(search, items_fold($2)), 0)) - strpos(search, E'\n') - 50, 200), left(description, 200))
       END ,
       updated_at,
       '',
       1, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2)
     AND NOT (left(split_part(search, E'\n', 1), 200) COLLATE "C") = items_fold($3)
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE items_holds(search, $1)
  AND items_holds(search, $2);

SELECT nullif(count(*), 10001)
FROM
  (SELECT
   FROM items_item
   WHERE items_holds(search, $1)
     AND items_holds(search, $2)
   LIMIT 10001) AS items;
