
CREATE TEMP TABLE outdated ON
COMMIT
DROP AS
SELECT line,
       min(i.id) AS item,
       'added_since' AS code
FROM chosen AS c
JOIN items_item AS i ON (left(split_part(i.search, E'\n', 1), 200) COLLATE "C") = c.folded
AND i.name = c.name
WHERE row_status = 'new'
  AND age(i.xmin) <= age(%(seen)s::xid8::xid)
GROUP BY line;
