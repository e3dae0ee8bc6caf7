SELECT id,
       name,
       left(description, 200),
       updated_at,
       '',
       updated_at,
       id
FROM items_item
ORDER BY updated_at DESC,
         id DESC
LIMIT 101;
