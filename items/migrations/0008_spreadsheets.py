"""Uploaded spreadsheets between preview and import, and functions that import and export share.

The tables are unlogged: a crash empties them, and writing them costs less.
"""

import uuid

import django.db.models.functions.datetime
from django.db import migrations, models

# A cell that a spreadsheet would take for a formula gets an apostrophe in front; the other function
# takes it away again. Neither is STRICT, and both ask for one character before the pattern: so
# PostgreSQL inlines them, and most texts cost next to nothing.
ESCAPE = r"""
CREATE FUNCTION items_escape(cell text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN ascii(cell) IN (39, 61, 43, 45, 64, 9, 13, 10, 65309, 65291, 65293, 65312)
        AND cell ~ '^''*[=+@\t\r\n＝＋－＠-]' THEN '''' || cell
    ELSE cell
END;
"""
UNESCAPE = r"""
CREATE FUNCTION items_unescape(cell text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN ascii(cell) = 39 AND cell ~ '^''+[=+@\t\r\n＝＋－＠-]' THEN substr(cell, 2)
    ELSE cell
END;
"""

# A text, and below it those lines that it does not contain yet
WITH_LINES = r"""
CREATE FUNCTION items_with_lines(description text, lines text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN lines IS NULL THEN description ELSE (
    SELECT concat_ws(E'\n', nullif(description, ''), string_agg(line, E'\n' ORDER BY place))
    FROM unnest(string_to_array(lines, E'\n')) WITH ORDINALITY AS given (line, place)
    WHERE line <> ALL (string_to_array(description, E'\n'))
) END;
"""
DROP = """
DROP FUNCTION items_escape(text), items_unescape(text), items_with_lines(text, text)
"""

UNLOGGED = """
ALTER TABLE items_upload SET UNLOGGED;
ALTER TABLE items_uploadchunk SET UNLOGGED;
ALTER TABLE items_staged SET UNLOGGED;
ALTER TABLE items_uploadchunk ALTER content SET STORAGE EXTERNAL;
"""
LOGGED = """
ALTER TABLE items_upload SET LOGGED;
ALTER TABLE items_uploadchunk SET LOGGED;
ALTER TABLE items_staged SET LOGGED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0007_guard_the_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadChunk",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "upload_id",
                        "place",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("upload_id", models.UUIDField()),
                ("place", models.IntegerField()),
                ("content", models.BinaryField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Staged",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "upload_id",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("upload_id", models.UUIDField()),
                ("line", models.IntegerField()),
                ("row_status", models.CharField(max_length=10)),
                ("item", models.BigIntegerField(null=True)),
                ("version", models.BigIntegerField(null=True)),
                ("twin_item", models.BigIntegerField(null=True)),
                ("twin_line", models.IntegerField(null=True)),
                ("lines", models.TextField(blank=True, db_default="", default="")),
                ("problem", models.JSONField(null=True)),
                ("name", models.TextField(null=True)),
                ("description", models.TextField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("upload_id"),
                        models.F("row_status"),
                        models.F("line"),
                        name="staged_by_status",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=40)),
                ("file_name", models.CharField(max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("state", models.CharField(default="sent", max_length=10)),
                ("options", models.JSONField(default=dict)),
                ("about", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("seen", models.TextField(blank=True)),
                ("result", models.JSONField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(models.F("owner"), models.F("created_at"), name="upload_by_owner"),
                    models.Index(models.F("created_at"), name="upload_by_age"),
                ],
            },
        ),
        migrations.RunSQL([ESCAPE, UNESCAPE, WITH_LINES], DROP),
        migrations.RunSQL(UNLOGGED, LOGGED),
    ]
