"""Fold texts by Unicode's rules, sort names by numbers, and refuse values that no page can show.

The column `search` contains folded texts, so that it is written again with its indexes, under a
lock: about two minutes for a million items.
"""

from datetime import UTC, datetime

from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.db import migrations, models
from django.db.models.functions import Left

# As in items/models/folding.py, which says what these are
IGNORED = (
    r"\u00ad\u0300-\u0362\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0600-\u0605\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dd\u06df-\u06e4"
    r"\u06e7\u06e8\u06ea-\u06ed\u070f\u0711\u0730-\u074a\u07eb-\u07f3\u07fd\u0818\u0819"
    r"\u081c-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0890\u0891\u08d3-\u0902\u093c"
    r"\u0951-\u0954\u0981\u09bc\u09fe-\u0a02\u0a3c\u0a70\u0a71\u0a81\u0a82\u0abc"
    r"\u0afa-\u0b01\u0b3c\u0b55\u0b82\u0c00\u0c04\u0c81\u0cbc\u0d00\u0d01\u0d81"
    r"\u0e47-\u0e4e\u0ec8-\u0ecd\u0f18\u0f19\u0f35\u0f37\u0f39\u0f7e\u0f82\u0f83\u0f86"
    r"\u0f87\u0fc6\u1036\u1037\u135d-\u135f\u17b4\u17b5\u17c6\u17c9-\u17d1\u17d3\u17dd"
    r"\u180b-\u180e\u1939-\u193b\u1a74-\u1a7f\u1ab0-\u1abd\u1b00-\u1b03\u1b34\u1b6b-\u1b73"
    r"\u1b80\u1b81\u1be6\u1c37\u1cd0-\u1cd2\u1cd4-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf8"
    r"\u1cf9\u1dc0-\u1dc9\u1dcb-\u1dd1\u1df5-\u1df9\u1dfb-\u1dff\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u20d0-\u20dc\u20e1\u20e5-\u20f0\u2cef-\u2cf1\u2d7f\u302a-\u302d\ua66f"
    r"\ua67c\ua67d\ua6f0\ua6f1\ua80b\ua8c5\ua8e0-\ua8f1\ua92b-\ua92d\ua980-\ua982\ua9b3"
    r"\uaabf\uaac1\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff9-\ufffb\U000101fd\U000102e0"
    r"\U00010a0d-\U00010a0f\U00010a38-\U00010a3a\U00010ae5\U00010ae6\U00010d24-\U00010d27"
    r"\U00010eab\U00010eac\U00010f46-\U00010f50\U00011001\U00011080\U00011081\U000110ba"
    r"\U000110bd\U000110cd\U00011100-\U00011102\U00011173\U00011180\U00011181"
    r"\U000111c9-\U000111cc\U000111cf\U00011234\U00011236\U00011237\U0001123e\U000112df"
    r"\U000112e9\U00011300\U00011301\U0001133b\U0001133c\U00011366-\U00011374\U00011443"
    r"\U00011444\U00011446\U0001145e\U000114bf\U000114c0\U000114c3\U000115bc\U000115bd"
    r"\U000115c0\U0001163d\U00011640\U000116ab\U000116b7\U00011837\U0001183a\U0001193b"
    r"\U0001193c\U00011943\U00011a33\U00011a35-\U00011a38\U00011a96\U00011a98\U00011c3c"
    r"\U00011c3d\U00011cb5\U00011cb6\U00011d40-\U00011d43\U00011d95\U00013430-\U00013438"
    r"\U00016af0-\U00016af4\U00016b30-\U00016b36\U00016fe4\U0001bc9d\U0001bc9e"
    r"\U0001bca0-\U0001bca3\U0001d167-\U0001d169\U0001d173-\U0001d182\U0001d185-\U0001d18b"
    r"\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c"
    r"\U0001da75\U0001da84\U0001da9b-\U0001daaf\U0001e130-\U0001e136\U0001e2ec-\U0001e2ef"
    r"\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a\U000e0001-\U000e01ef"
)
APOSTROPHES = "‘’‚‛′"
LATIN = "øđðłħıŧ“”„‟«»‐‒–—―−⁄×"
TO_LATIN = 'oddlhit""""""------/x'
OTHERS = (
    "ςᲀᲁᲂᲃᲄᲅᲆᲇᲈ\u05da\u05dd\u05df\u05e3\u05e5"
    "\u0671\u0649\u06cc\u06a9\u06aa\u0629\u06be\u06c1\u06c3\u06d5"
    "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"
    "\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9"
)
TO_OTHERS = (
    "σвдосттъѣꙋ\u05db\u05de\u05e0\u05e4\u05e6"
    "\u0627\u064a\u064a\u0643\u0643\u0647\u0647\u0647\u0647\u0647"
    "01234567890123456789"
)

# translate() is slow, so that it is called only for texts with one of these letters.
FOLD = rf"""
CREATE OR REPLACE FUNCTION items_fold(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    folded text := $1;
BEGIN
    IF octet_length(folded) = length(folded) THEN
        RETURN lower(folded);
    END IF;
    folded := replace(lower(normalize(folded, NFKD)), E'\u0438\u0306', E'\u0439');
    folded := regexp_replace(folded, '[{IGNORED}]', '', 'g');
    IF folded ~ '[æœþß{APOSTROPHES}{LATIN}]' THEN
        folded := replace(replace(folded, 'æ', 'ae'), 'œ', 'oe');
        folded := replace(replace(folded, 'þ', 'th'), 'ß', 'ss');
        folded := regexp_replace(folded, '[{APOSTROPHES}]', '''', 'g');
        folded := translate(folded, '{LATIN}', '{TO_LATIN}');
    END IF;
    IF folded ~ '[{OTHERS}]' THEN
        folded := translate(folded, '{OTHERS}', '{TO_OTHERS}');
    END IF;
    RETURN normalize(folded, NFC);
END
$$;
"""

# NULL, which matches nothing, for a word of which folding leaves nothing
CONTAINS = r"""
CREATE OR REPLACE FUNCTION items_contains(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '%' || regexp_replace(nullif(btrim(items_fold(word)), ''), '([\\%_])', '\\\1', 'g') || '%';
"""

# Each number gets 12 digits, so that 2 comes before 10. Longer numbers are sorted as texts. Two
# calls of regexp_replace() would do the same, but take eight times as long.
NATURAL_KEY = r"""
CREATE FUNCTION items_natural_key(folded text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    key text := '';
    rest text := folded;
    digits text := substring(folded FROM '[0-9]+');
    number text;
    place integer;
BEGIN
    WHILE digits IS NOT NULL LOOP
        place := strpos(rest, digits);
        number := ltrim(digits, '0');
        key := key || left(rest, place - 1) || lpad(number, greatest(12, length(number)), '0');
        rest := substr(rest, place + length(digits));
        digits := substring(rest FROM '[0-9]+');
    END LOOP;
    RETURN key || rest;
END
$$;
"""

DROP_SEARCH = "ALTER TABLE items_item DROP COLUMN search"
SEARCH = r"""
ALTER TABLE items_item
    ADD COLUMN search text GENERATED ALWAYS AS (
        items_fold(name || E'\n' || description)
    ) STORED,
    ADD COLUMN name_order text COLLATE "C" GENERATED ALWAYS AS (
        items_natural_key(left(items_fold(name), 200))
    ) STORED;
CREATE INDEX item_search ON items_item USING gin (search gin_trgm_ops);
CREATE INDEX item_name_search
    ON items_item USING gin ((left(split_part(search, E'\n', 1), 200)) gin_trgm_ops);
CREATE INDEX item_by_name
    ON items_item (((left(split_part(search, E'\n', 1), 200) COLLATE "C")), id);
ALTER TABLE items_item ALTER COLUMN search SET STATISTICS 1000;
ALTER INDEX item_name_search ALTER COLUMN 1 SET STATISTICS 1000;
"""

# Only the old items_fold used unaccent. It stays if it belongs to another role or is used.
DROP_UNACCENT = """
DO $$ BEGIN
    DROP EXTENSION IF EXISTS unaccent;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
    NULL;
END $$
"""

SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
VISIBLE = f"[^{SPACE}{INVISIBLE}]"
VISIBLE_MESSAGE = "This field is required."
UNTRIMMED = rf"\A[{SPACE}]|[{SPACE}]\Z"
BREAKS_LINE = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029]"
LONE_SURROGATE = r"[\ud800-\udfff]"

FIRST_TIME = datetime(1, 1, 2, tzinfo=UTC)
LAST_TIME = datetime(9999, 12, 30, tzinfo=UTC)


def shown_sql(column):
    return f"({column} >= '{FIRST_TIME}' AND {column} < '{LAST_TIME}')"


# Rows that break the new rules. No door lets them in, but for CR, which JSON and the admin did.
# The last line ends checks that would come at the end, because no table can be altered before.
CONVERT = rf"""
UPDATE items_item SET description = replace(replace(description, E'\r\n', E'\n'), E'\r', E'\n')
WHERE description LIKE E'%\r%';
UPDATE items_item SET name = 'Item ' || id WHERE name !~ '{VISIBLE}';
UPDATE items_item SET id = nextval(pg_get_serial_sequence('items_item', 'id')) WHERE id < 1;
UPDATE items_item SET version = 1 WHERE version < 1;
UPDATE items_item SET created_at = now() WHERE NOT {shown_sql("created_at")};
UPDATE items_item SET updated_at = now() WHERE NOT {shown_sql("updated_at")};
UPDATE items_apikey SET created_at = now() WHERE NOT {shown_sql("created_at")};
UPDATE items_apikey SET last_used_at = NULL WHERE NOT {shown_sql("last_used_at")};
UPDATE items_apikey SET expires_at = CASE WHEN expires_at < now() THEN now() END
WHERE NOT {shown_sql("expires_at")};
UPDATE items_apikey SET revoked_at = CASE WHEN revoked_at < now() THEN now() END
WHERE NOT {shown_sql("revoked_at")};
SET CONSTRAINTS ALL IMMEDIATE;
"""


def shown(*columns):
    condition = models.Q()
    for column in columns:
        condition &= models.Q((f"{column}__gte", FIRST_TIME), (f"{column}__lt", LAST_TIME))
    return condition


class Migration(migrations.Migration):
    dependencies = [("items", "0004_no_stored_json")]
    operations = [
        migrations.RunSQL(DROP_SEARCH),  # there is no way back
        migrations.RunSQL([FOLD, CONTAINS, NATURAL_KEY, CONVERT], migrations.RunSQL.noop),
        migrations.RunSQL(
            SEARCH,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="item",
                    name="name_order",
                    field=models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            Left(
                                models.Func(
                                    "name",
                                    function="items_fold",
                                    output_field=models.TextField(),
                                ),
                                200,
                            ),
                            function="items_natural_key",
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(db_collation="C"),
                    ),
                )
            ],
        ),
        migrations.RunSQL(DROP_UNACCENT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="item",
            index=models.Index("name_order", "id", name="item_by_natural_name"),
        ),
        migrations.RunSQL("ANALYZE items_item", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="item", name="item_name_visible"),
        migrations.AlterField(
            model_name="item",
            name="name",
            field=models.CharField(
                max_length=200,
                verbose_name="name",
                validators=[
                    ProhibitNullCharactersValidator(),
                    RegexValidator(
                        LONE_SURROGATE,
                        "Half a character (a lone surrogate) is not allowed. Remove it.",
                        "surrogate",
                        inverse_match=True,
                    ),
                    RegexValidator(VISIBLE, VISIBLE_MESSAGE, "required"),
                    RegexValidator(
                        UNTRIMMED,
                        "Remove the spaces before and after the text.",
                        "untrimmed",
                        inverse_match=True,
                    ),
                    RegexValidator(
                        BREAKS_LINE,
                        "Write one line. Remove line breaks, tabs and control characters.",
                        "control",
                        inverse_match=True,
                    ),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", VISIBLE)),
                name="item_name_visible",
                violation_error_message=VISIBLE_MESSAGE,
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("description__contains", "\r"), _negated=True),
                name="item_description_line_ends",
                violation_error_message="End lines with LF, without CR (carriage return).",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("id__gte", 1), ("version__gte", 1)), name="item_numbers"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=shown("created_at", "updated_at"), name="item_times"
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=shown("created_at", "expires_at", "revoked_at", "last_used_at"),
                name="api_key_times",
            ),
        ),
    ]
