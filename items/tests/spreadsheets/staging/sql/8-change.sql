
UPDATE items_item AS i
SET name = c.name,
    description = c.description
FROM chosen AS c
WHERE row_status = 'changed'
  AND i.id = c.item;
