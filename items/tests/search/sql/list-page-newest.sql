SELECT id,
       name,
       left(description, 200),
       updated_at,
       '',
       id
FROM items_item
ORDER BY id DESC
LIMIT 51;


SELECT CASE
           WHEN estimate <= 20000 THEN
                  (SELECT nullif(count(*), 10001)
                   FROM
                     (SELECT
                      FROM items_item
                      WHERE TRUE
                      LIMIT 10001) AS items)
       END
FROM
  (SELECT coalesce(nullif(pg_stat_get_live_tuples(oid), 0), reltuples) AS estimate
   FROM pg_class
   WHERE oid = 'items_item'::regclass) AS statistics;
