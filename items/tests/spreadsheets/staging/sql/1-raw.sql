
CREATE TEMP TABLE raw (line int, id text, name text, description text, extra text, problem text) ON
COMMIT
DROP;
