
SELECT count(DISTINCT i.id)
FROM judged AS j
JOIN items_item AS i ON i.id = j.item
WHERE j.problem IS NULL
  AND (j.name = ''
       AND i.name <> ''
       OR j.description = ''
       AND i.description <> '');
