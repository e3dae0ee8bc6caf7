
SET LOCAL statement_timeout = 60000;


SET LOCAL pg_trgm.similarity_threshold = 0.4;

SELECT "items_item"."id",
       "items_item"."name"
FROM "items_item"
WHERE left(split_part(search, E'\n', 1), 200) % (LEFT(items_fold('Lampe'), 200))
ORDER BY SIMILARITY(left(split_part(search, E'\n', 1), 200), LEFT(items_fold('Lampe'), 200)) DESC, "items_item"."id" ASC
LIMIT 5;
