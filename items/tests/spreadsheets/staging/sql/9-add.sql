
INSERT INTO items_item (name, description)
SELECT coalesce(name, ''),
       coalesce(description, '')
FROM chosen
WHERE row_status = 'new'
ORDER BY line;
