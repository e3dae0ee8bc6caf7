SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       0, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($3),
                                                                   items_fold($4))
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       1, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($4),
                                                                            items_fold($5)) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0), nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($2)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       2, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($4),
                                                                            items_fold($3))
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($5) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE (items_holds(search, $1)
       AND items_holds(search, $2)
       OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
       OR items_holds(left(split_part(search, E'\n', 1), 200), $4));

SELECT count(*)
FROM
  (SELECT
   FROM items_item
   WHERE (items_holds(search, $1)
          AND items_holds(search, $2)
          OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3)
          OR items_holds(left(split_part(search, E'\n', 1), 200), $4))
   LIMIT 200000) AS items;
