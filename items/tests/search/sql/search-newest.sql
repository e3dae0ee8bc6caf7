EXPLAIN (FORMAT JSON)
SELECT
FROM items_item
WHERE items_holds(search, $1);

WITH hits AS MATERIALIZED
  (SELECT id AS key0
   FROM items_item
   WHERE items_holds(search, $1)
     AND TRUE), page AS
  (SELECT *
   FROM hits
   ORDER BY key0 DESC
   LIMIT 51)
SELECT id,
       name,
       CASE
           WHEN length(search) - strpos(search, E'\n') < length(description) THEN description
           WHEN least(nullif(strpos(search, items_fold($1)), 0)) - strpos(search, E'\n') - 50 <= 100 THEN left(description, 200)
           WHEN length(search) - strpos(search, E'\n') > length(description) THEN description
           ELSE coalesce('…' || substr(description, least(nullif(strpos(search, items_fold($1)), 0)) - strpos(search, E'\n') - 50, 200), left(description, 200))
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
WHERE items_holds(search, $1);

SELECT nullif(count(*), 10001)
FROM
  (SELECT
   FROM items_item
   WHERE items_holds(search, $1)
   LIMIT 10001) AS items;
