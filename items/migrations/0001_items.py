"""The table of items, with what searches and sorts it.

`search` contains the texts of an item without case and accents, the name as its first line.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.core.validators import (
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
)
from django.db import migrations, models
from django.db.models.functions import Concat, Length, Now
from django.db.models.lookups import LessThanOrEqual

# unaccent() is only STABLE, because its dictionary could be exchanged; ours never is. The body is
# bound when it is made, so it holds whatever schema the extension is in, and in a restored dump.
FOLD = """
CREATE FUNCTION items_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(unaccent('unaccent'::regdictionary, normalize($1, NFKC)))
"""

# Of a word of two letters the index knows only where a word begins, so that is where they are
# looked for. Both conditions say so: LIKE and ~ alone would read every item.
SEARCH = r"""
CREATE FUNCTION items_contains(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '%' || regexp_replace(items_fold(word), '([\\%_])', '\\\1', 'g') || '%';

CREATE FUNCTION items_holds(folded text, word text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN word ~ '^[A-Za-z0-9]$' THEN folded ~ ('\m' || lower(word))
    WHEN word ~ '^[A-Za-z0-9]{2}$' THEN folded ~ ('\m' || lower(word)) AND folded %> lower(word)
    ELSE folded LIKE items_contains(word)
END;
"""

# How many items contain a word is judged by a sample of them; of 100 a word in one of a thousand
# would often be missing.
STATISTICS = """
ALTER TABLE items_item ALTER COLUMN search SET STATISTICS 1000;
ALTER INDEX item_name_search ALTER COLUMN 1 SET STATISTICS 1000;
"""

# In the database, so that psql and bulk updates count too. The time is the clock's and not the
# transaction's: a change that waited for another's lock must not look older than that one.
TOUCH = """
CREATE FUNCTION items_item_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE TRIGGER items_item_touch BEFORE UPDATE ON items_item FOR EACH ROW
WHEN ((OLD.name, OLD.description) IS DISTINCT FROM (NEW.name, NEW.description))
EXECUTE FUNCTION items_item_touch();
"""

SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
VISIBLE = f"[^{SPACE}{INVISIBLE}]"
VISIBLE_MESSAGE = "This field is required."
UNTRIMMED = rf"\A[{SPACE}]|[{SPACE}]\Z"
UNTRIMMED_MESSAGE = "Remove the spaces before and after the text."
BREAKS_LINE = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029]"
BREAKS_LINE_MESSAGE = "Write one line. Remove line breaks, tabs and control characters."
LONE_SURROGATE = r"[\ud800-\udfff]"
LONE_SURROGATE_MESSAGE = "Half a character (a lone surrogate) is not allowed. Remove it."

FOLDED_NAME = r"left(split_part(search, E'\n', 1), 200)"


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("items", "0001_item"),
        ("items", "0003_orders_and_stored_answers"),
        ("items", "0005_item_json"),
        ("items", "0007_search"),
    ]
    dependencies = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION items_fold(text)"),
        migrations.RunSQL(
            SEARCH, "DROP FUNCTION items_holds(text, text); DROP FUNCTION items_contains(text)"
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=200,
                        verbose_name="name",
                        validators=[
                            ProhibitNullCharactersValidator(),
                            RegexValidator(
                                LONE_SURROGATE,
                                LONE_SURROGATE_MESSAGE,
                                "surrogate",
                                inverse_match=True,
                            ),
                            RegexValidator(VISIBLE, VISIBLE_MESSAGE, "required"),
                            RegexValidator(
                                UNTRIMMED, UNTRIMMED_MESSAGE, "untrimmed", inverse_match=True
                            ),
                            RegexValidator(
                                BREAKS_LINE, BREAKS_LINE_MESSAGE, "control", inverse_match=True
                            ),
                        ],
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        db_default="",
                        verbose_name="description",
                        default="",
                        validators=[
                            ProhibitNullCharactersValidator(),
                            RegexValidator(
                                LONE_SURROGATE,
                                LONE_SURROGATE_MESSAGE,
                                "surrogate",
                                inverse_match=True,
                            ),
                            MaxLengthValidator(10000),
                        ],
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=Now(), editable=False, verbose_name="added"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=Now(), editable=False, verbose_name="changed"),
                ),
                (
                    "version",
                    models.BigIntegerField(db_default=1, editable=False, verbose_name="version"),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            Concat(
                                "name",
                                models.Value("\n"),
                                "description",
                                output_field=models.TextField(),
                            ),
                            function="items_fold",
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", VISIBLE)),
                        name="item_name_visible",
                        violation_error_message=VISIBLE_MESSAGE,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", UNTRIMMED), _negated=True),
                        name="item_name_trimmed",
                        violation_error_message=UNTRIMMED_MESSAGE,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", BREAKS_LINE), _negated=True),
                        name="item_name_one_line",
                        violation_error_message=BREAKS_LINE_MESSAGE,
                    ),
                    models.CheckConstraint(
                        condition=LessThanOrEqual(Length("description"), 10000),
                        name="item_description_length",
                        violation_error_message="At most 10,000 characters.",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="item",
            index=GinIndex(OpClass("search", "gin_trgm_ops"), name="item_search"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=GinIndex(
                OpClass(
                    models.Func(template=FOLDED_NAME, output_field=models.TextField()),
                    "gin_trgm_ops",
                ),
                name="item_name_search",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                models.Func(
                    template=f'({FOLDED_NAME} COLLATE "C")', output_field=models.TextField()
                ),
                "id",
                name="item_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="item", index=models.Index("updated_at", "id", name="item_by_change")
        ),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
        migrations.RunSQL(
            TOUCH,
            "DROP TRIGGER items_item_touch ON items_item; DROP FUNCTION items_item_touch()",
        ),
    ]
