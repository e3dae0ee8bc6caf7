SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
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
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                   items_fold($3))
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
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
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($2)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($3),
                                                                            items_fold($4)) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
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
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($2), 2)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($3),
                                                                            items_fold($2))
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($4) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 51;

EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE items_holds(left(split_part(search, E'\n', 1), 200), $1)
  AND CASE
          WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                         items_fold($3))
               OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($4)
               OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2) THEN 1
          ELSE 0
      END <> 1;

WITH hits AS MATERIALIZED
  (SELECT id AS key0
   FROM items_item
   WHERE items_holds(left(split_part(search, E'\n', 1), 200), $1)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                            items_fold($3))
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($4)
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2) THEN 1
             ELSE 0
         END <> 1
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
       5,
       NULL,
       id
FROM items_item
JOIN page ON id = key0
ORDER BY key0 DESC
LIMIT 51;

EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE items_holds(search, $1)
  AND CASE
          WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                         items_fold($3))
               OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($4)
               OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2) THEN 1
          ELSE 0
      END <> 1
  AND NOT (items_holds(left(split_part(search, E'\n', 1), 200), $1));

WITH hits AS MATERIALIZED
  (SELECT id AS key0
   FROM items_item
   WHERE items_holds(search, $1)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                            items_fold($3))
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($4)
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($3), 2) THEN 1
             ELSE 0
         END <> 1
     AND NOT (items_holds(left(split_part(search, E'\n', 1), 200), $1))
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
       6,
       NULL,
       id
FROM items_item
JOIN page ON id = key0
ORDER BY key0 DESC
LIMIT 51;


SET LOCAL statement_timeout = 60000;


SET LOCAL pg_trgm.strict_word_similarity_threshold = 0.35;


SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       id,
       left(split_part(search, E'\n', 1), 200)
FROM items_item
WHERE id IN
    (SELECT hit.id
     FROM unnest($2::text[]) AS correction,
          LATERAL
       (SELECT id
        FROM items_item
        WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") >= correction
          AND (left(split_part(search, E'\n', 1), 200) COLLATE "C") < correction || $3
        ORDER BY (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
        LIMIT 3) AS hit)
ORDER BY length(name), (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
LIMIT 200;

SELECT set_config('statement_timeout', $1, TRUE);


SELECT id,
       name,
       CASE
           WHEN length(items_fold(left(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0))))) <> least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) THEN description
           WHEN least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50 > 100 THEN '…' || substr(description, least(nullif(strpos(substr(search, strpos(search, E'\n') + 1), items_fold($1)), 0)) - 50, 200)
           ELSE left(description, 200)
       END ,
       updated_at,
       '',
       id,
       left(split_part(search, E'\n', 1), 200)
FROM items_item
WHERE left(split_part(search, E'\n', 1), 200) LIKE ANY($2)
ORDER BY length(name), (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
LIMIT 200;
