
CREATE TEMP TABLE judged ON
COMMIT
DROP AS WITH cells AS MATERIALIZED
  (SELECT line,
          nullif(btrim(id, E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'), '') AS given_id,
          extra,
          problem,
          btrim(name, E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000') AS name,
          CASE
              WHEN strpos(description, E'\r') > 0 THEN replace(replace(description, E'\r\n', E'\n'), E'\r', E'\n')
              ELSE description
          END AS description
   FROM raw), readings AS MATERIALIZED
  (SELECT line,
          given_id,
          extra,
          problem,
          CASE
              WHEN given_id ~ '^[0-9]{1,30}(\.0+)?$' THEN trunc(given_id::numeric)
          END AS number,
          CASE
              WHEN %(is_text)s
                   AND ascii(name) = 39 THEN btrim(items_unescape(name), E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000')
              ELSE name
          END AS name,
          CASE
              WHEN ascii(name) = 39 THEN CASE
                                             WHEN %(is_text)s THEN name
                                             ELSE btrim(items_unescape(name), E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000')
                                         END
          END AS other_name,
          CASE
              WHEN description = ''
                   AND given_id IS NULL THEN NULL
              ELSE CASE
                       WHEN %(is_text)s
                            AND ascii(description) = 39 THEN items_unescape(description)
                       ELSE description
                   END
          END AS description,
          CASE
              WHEN ascii(description) = 39 THEN CASE
                                                    WHEN %(is_text)s THEN description
                                                    ELSE items_unescape(description)
                                                END
          END AS other_description
   FROM cells), texts AS MATERIALIZED
  (SELECT line,
          given_id, number, problem,
                            name,
                            other_name,
                            CASE
                                WHEN extra IS NULL THEN description
                                ELSE concat_ws(E'\n', nullif(description, ''), extra)
                            END AS description,
                            CASE
                                WHEN extra IS NULL THEN other_description
                            END AS other_description,
                            CASE
                                WHEN description IS NULL THEN extra
                            END AS lines
   FROM readings)
SELECT line,
       name,
       description,
       other_name,
       other_description,
       lines,
       CASE
           WHEN number BETWEEN 1 AND 9223372036854775807 THEN number::bigint
       END AS item,
       CASE
           WHEN given_id IS NULL THEN left(items_fold(name), 200) COLLATE "C"
       END AS folded,
       CASE
           WHEN given_id IS NULL
                AND name ~ '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]' THEN left(items_fold(regexp_replace(name, '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]', '', 'g')), 200) COLLATE "C"
       END AS look,
       coalesce(problem, '[' || nullif(concat_ws(', ', CASE
                                                           WHEN given_id IS NOT NULL
                                                                AND number IS NULL THEN '{"column": "id", "code": "not_an_id"' || ', "value": ' || to_json(left(given_id, 50))::text || '}'
                                                       END, CASE
                                                                WHEN number < 1 THEN '{"column": "id", "code": "id_below_one"' || ', "value": ' || to_json(left(given_id, 50))::text || '}'
                                                            END, CASE
                                                                     WHEN number > 9223372036854775807 THEN '{"column": "id", "code": "no_item"' || ', "value": ' || to_json(left(given_id, 50))::text || '}'
                                                                 END, CASE
                                                                          WHEN length(name) > 200 THEN '{"column": "name", "code": "too_many_characters"' || ', "max": 200, "length": ' || length(name) || '}'
                                                                      END, CASE
                                                                               WHEN name ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]' THEN '{"column": "name", "code": "one_line"' || '' || '}'
                                                                           END, CASE
                                                                                    WHEN name IS NULL
                                                                                         AND given_id IS NULL
                                                                                         OR name !~ '[^\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]' THEN '{"column": "name", "code": "required"' || '' || '}'
                                                                                END, CASE
                                                                                         WHEN length(description) > 10000 THEN '{"column": "description", "code": "too_many_characters"' || ', "max": 10000, "length": ' || length(description) || '}'
                                                                                     END), '') || ']')::jsonb AS problem
FROM texts;
