SELECT id,
       name,
       left(description, 200),
       updated_at,
       '',
       id
FROM items_item
WHERE (id) > ($1)
ORDER BY id
LIMIT 51;


SELECT estimate,
       CASE
           WHEN estimate <= 100000 THEN
                  (SELECT count(*)
                   FROM
                     (SELECT
                      FROM items_item
                      WHERE TRUE
                      LIMIT 200000) AS items)
       END
FROM
  (SELECT coalesce(nullif(pg_stat_get_live_tuples(oid), 0), reltuples)::bigint AS estimate
   FROM pg_class
   WHERE oid = 'items_item'::regclass) AS statistics;
