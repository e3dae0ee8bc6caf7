
CREATE TEMP TABLE chosen ON
COMMIT
DROP AS
SELECT line,
       CASE row_status
           WHEN 'changed' THEN 'changed'
           ELSE 'new'
       END AS row_status,
       item,
       CASE row_status
           WHEN 'changed' THEN version
       END AS version,
       name,
       description,
       left(items_fold(name), 200) COLLATE "C" AS folded
FROM items_staged
WHERE upload_id = %(upload)s
  AND line <> %(total_line)s
  AND (row_status = 'changed'
       AND %(may_change)s
       OR %(may_add)s
       AND (row_status = 'new'
            OR row_status = 'close'
            AND %(close)s = 'add'
            OR row_status = 'repeated'
            AND %(repeated)s = 'add'
            AND item IS NULL));
