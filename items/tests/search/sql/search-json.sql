SELECT '{"id":' || to_json(id) || ',"name":' || to_json(name) || ',"description":' || to_json(description) || ',"created_at":' || to_char(created_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || ',"updated_at":' || to_char(updated_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || '}',
       0, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($1),
                                                                   items_fold($2))
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 4;

SELECT '{"id":' || to_json(id) || ',"name":' || to_json(name) || ',"description":' || to_json(description) || ',"created_at":' || to_char(created_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || ',"updated_at":' || to_char(updated_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || '}',
       1, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($1)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                            items_fold($3)) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 4;

SELECT '{"id":' || to_json(id) || ',"name":' || to_json(name) || ',"description":' || to_json(description) || ',"created_at":' || to_char(created_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || ',"updated_at":' || to_char(updated_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || '}',
       2, (left(split_part(search, E'\n', 1), 200) COLLATE "C"), id
FROM
  (SELECT *,
          (left(split_part(search, E'\n', 1), 200) COLLATE "C") AS key0,
          id AS key1
   FROM items_item
   WHERE (left(split_part(search, E'\n', 1), 200) COLLATE "C") LIKE substr(items_contains($1), 2)
     AND CASE
             WHEN (left(split_part(search, E'\n', 1), 200) COLLATE "C") IN (items_fold($2),
                                                                            items_fold($1))
                  OR (left(split_part(search, E'\n', 1), 200) COLLATE "C") = ANY($3) THEN 1
             ELSE 0
         END <> 1
     AND TRUE) AS item
ORDER BY key0,
         key1
LIMIT 4;

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
   LIMIT 4)
SELECT '{"id":' || to_json(id) || ',"name":' || to_json(name) || ',"description":' || to_json(description) || ',"created_at":' || to_char(created_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || ',"updated_at":' || to_char(updated_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || '}',
       5,
       NULL,
       id
FROM items_item
JOIN page ON id = key0
ORDER BY key0 DESC
LIMIT 4;
