
INSERT INTO chosen (line, row_status, item, version, name, description, folded)
SELECT *,
       NULL
FROM
  (SELECT s.line,
          'changed',
          i.id,
          s.version,
          coalesce(s.name, i.name),
          CASE s.lines
              WHEN '' THEN coalesce(s.description, i.description)
              ELSE items_with_lines(i.description, s.lines)
          END
   FROM
     (SELECT *,
             count(*) OVER (PARTITION BY twin_item) AS times
      FROM items_staged
      WHERE upload_id = %(upload)s
        AND row_status = 'close'
        AND twin_item IS NOT NULL
        AND line <> %(total_line)s) AS s
   JOIN items_item AS i ON i.id = s.twin_item
   WHERE times = 1
     AND NOT EXISTS
       (SELECT
        FROM chosen
        WHERE item = s.twin_item)) AS close (line,
                                             row_status,
                                             item,
                                             version,
                                             name,
                                             description)
WHERE length(name) <= 200
  AND length(description) <= 10000;
