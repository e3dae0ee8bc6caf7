"""The table of items.

The folded text for searching is a generated column with its index from the
start: adding it to a full table later would rewrite the table under a lock.
"""

import django.contrib.postgres.indexes
import django.core.validators
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models
from django.db.models.functions import Concat, Length, Now
from django.db.models.lookups import LessThanOrEqual

import items.models.functions
import items.models.rules

# unaccent() is only STABLE, because its dictionary could be exchanged; ours never is. The body is
# bound when it is made, so it holds whatever schema the extension is in, and in a restored dump.
FOLD = """
CREATE FUNCTION items_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(unaccent('unaccent'::regdictionary, normalize($1, NFKC)))
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
UNTRIMMED_MESSAGE = "Remove the space around the name."
CONTROL = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029]"
CONTROL_MESSAGE = "A name is one line: remove line breaks, tabs and control characters."


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION items_fold(text)"),
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
                            django.core.validators.ProhibitNullCharactersValidator(),
                            items.models.rules.no_lone_surrogates,
                            django.core.validators.RegexValidator(
                                VISIBLE, VISIBLE_MESSAGE, "required"
                            ),
                            django.core.validators.RegexValidator(
                                UNTRIMMED, UNTRIMMED_MESSAGE, "untrimmed", inverse_match=True
                            ),
                            django.core.validators.RegexValidator(
                                CONTROL, CONTROL_MESSAGE, "control", inverse_match=True
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
                            django.core.validators.ProhibitNullCharactersValidator(),
                            items.models.rules.no_lone_surrogates,
                            django.core.validators.MaxLengthValidator(10000),
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
                        expression=items.models.functions.Fold(
                            Concat(
                                "name",
                                models.Value("\n"),
                                "description",
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search", "gin_trgm_ops"),
                        name="item_search",
                    )
                ],
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
                        condition=models.Q(("name__regex", CONTROL), _negated=True),
                        name="item_name_one_line",
                        violation_error_message=CONTROL_MESSAGE,
                    ),
                    models.CheckConstraint(
                        condition=LessThanOrEqual(Length("description"), 10000),
                        name="item_description_length",
                        violation_error_message="At most 10,000 characters.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            TOUCH,
            "DROP TRIGGER items_item_touch ON items_item; DROP FUNCTION items_item_touch()",
        ),
    ]
