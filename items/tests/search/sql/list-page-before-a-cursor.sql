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
