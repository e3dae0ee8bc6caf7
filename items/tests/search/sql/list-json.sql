SELECT '{"id":' || to_json(id) || ',"name":' || to_json(name) || ',"description":' || to_json(description) || ',"created_at":' || to_char(created_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || ',"updated_at":' || to_char(updated_at AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"') || '}',
       id
FROM items_item
ORDER BY id DESC
LIMIT 4;
