"""The history: what every change of an item found, and who made it through what.

Triggers write it once for each statement, so psql, COPY and TRUNCATE are recorded too. They know
who writes from a setting of the transaction, `itemsite.change_set`: JSON until the first change,
then the number of the change set. PostgreSQL empties it when the transaction ends.

Which fields are recorded is said by one call of items_record_fields(), which writes the functions
that name them: this keeps a migration that adds a field short.

Items are locked for a moment only, at the end, and while another transaction writes them for no
longer than LOCK waits each time.
"""

from django.db import migrations, models

# Items without a first change were there before this.
START = """
INSERT INTO items_changeset (made_at, user_id, added, changed, deleted, way, who, detail)
VALUES (clock_timestamp(), 0, 0, 0, 0, 'start', '', '')
"""

# An item keeps its id. Whatever else changes, the version rises by one, so that no version is
# given to two contents.
TOUCH = """
CREATE OR REPLACE FUNCTION items_item_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'Item % keeps its id.', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;
"""

REFUSE = """
CREATE FUNCTION items_refuse_version(item bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Item % was there before, in this version or a later one.', item
        USING ERRCODE = 'unique_violation', HINT = 'Leave its id out, or give it a later version.';
END
$$;
"""

# The functions are SECURITY DEFINER, so that a role with rights on items_item alone is recorded
# too; hence their own search_path. A connection keeps the plan for as many rows as it changed first:
# without nested loops, an edit of one item cannot make a later UPDATE of all take hours. The view
# and the functions are made by format(), where %% is %.
RECORD_FIELDS = """
CREATE FUNCTION items_record_fields(VARIADIC fields text[]) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    columns text;         -- name, description
    old_of_changed text;  -- NULL where the two rows are the same
    touched text[];       -- the columns of items_item that count as a change
    erased text;          -- the conditions, names and joins of the view, for each field
    old_and_new text;
    joins text;
BEGIN
    SELECT string_agg(format('%1$I', field), ', ' ORDER BY place),
        string_agg(format('CASE WHEN o.%1$I <> n.%1$I THEN o.%1$I END', field), ', ' ORDER BY place),
        array_agg(format('%1$I', field) ORDER BY place) || '{id, created_at, updated_at, version}',
        string_agg(format($part$CASE WHEN change.is_erased AND change.%1$I IS NOT NULL
            OR next_%2$s.is_erased THEN %1$L END$part$, field, place), ', ' ORDER BY place),
        string_agg(format($part$CASE WHEN NOT change.is_erased THEN change.%1$I END AS %3$I,
            CASE WHEN next_%2$s.is_erased OR change.kind = 'd' THEN NULL
                WHEN next_%2$s.was IS NOT NULL THEN next_%2$s.was
                WHEN change.kind = 'a' OR change.%1$I IS NOT NULL THEN item.%1$I
            END AS %4$I$part$, field, place, 'old_' || field, 'new_' || field), ', ' ORDER BY place),
        string_agg(format($part$LEFT JOIN LATERAL (
            SELECT later.%1$I AS was, later.is_erased FROM items_change AS later
            WHERE (change.kind = 'a' OR change.kind = 'c' AND change.%1$I IS NOT NULL)
                AND later.item_id = change.item_id AND later.version > change.version
                AND later.%1$I IS NOT NULL
            ORDER BY later.version LIMIT 1
        ) AS next_%2$s ON TRUE$part$, field, place), ' ' ORDER BY place)
    INTO columns, old_of_changed, touched, erased, old_and_new, joins
    FROM unnest(fields) WITH ORDINALITY AS given (field, place);

    EXECUTE format($touch$
CREATE OR REPLACE TRIGGER items_item_touch BEFORE UPDATE ON items_item FOR EACH ROW
WHEN ((OLD.%1$s) IS DISTINCT FROM (NEW.%2$s))
EXECUTE FUNCTION items_item_touch()
    $touch$, array_to_string(touched, ', OLD.'), array_to_string(touched, ', NEW.'));

    EXECUTE format($record$
CREATE OR REPLACE FUNCTION items_item_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %3$I, pg_temp SET enable_nestloop = off AS $body$
DECLARE
    told text := coalesce(current_setting('itemsite.change_set', true), '');
    is_begun boolean := told ~ '^[0-9]+$';
    about jsonb := CASE WHEN told <> '' AND NOT is_begun THEN told::jsonb END;
    new_set bigint := CASE WHEN is_begun THEN told::bigint ELSE nextval('items_changeset_id_seq') END;
    begun_at timestamptz := clock_timestamp();
    count integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO items_change (item_id, version, change_set_id, kind)
        SELECT id, version, new_set, CASE WHEN EXISTS (
            SELECT FROM items_change AS was WHERE was.item_id = n.id AND was.version >= n.version
        ) THEN items_refuse_version(id) ELSE 'a' END
        FROM new_items AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO items_change (item_id, version, change_set_id, kind, created_at, %1$s)
        SELECT id, n.version, new_set, 'c',
            CASE WHEN o.created_at <> n.created_at THEN o.created_at END, %2$s
        FROM old_items AS o JOIN new_items AS n USING (id)
        WHERE o.version < n.version;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO items_change (item_id, version, change_set_id, kind, created_at, %1$s)
        SELECT id, version + 1, new_set, 'd', created_at, %1$s FROM old_items;
    ELSE
        INSERT INTO items_change (item_id, version, change_set_id, kind, created_at, %1$s)
        SELECT id, version + 1, new_set, 'd', created_at, %1$s FROM items_item;
    END IF;
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count = 0 THEN
        RETURN NULL;
    ELSIF is_begun THEN
        UPDATE items_changeset SET
            added = added + CASE TG_OP WHEN 'INSERT' THEN count ELSE 0 END,
            changed = changed + CASE TG_OP WHEN 'UPDATE' THEN count ELSE 0 END,
            deleted = deleted + CASE WHEN TG_OP IN ('DELETE', 'TRUNCATE') THEN count ELSE 0 END
        WHERE id = new_set;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'itemsite.change_set: there is no change set %%.', told;
        END IF;
        RETURN NULL;
    ELSIF told = '' THEN
        about := jsonb_build_object('way', 'database', 'who', session_user,
            'detail', current_setting('application_name'));
    END IF;
    INSERT INTO items_changeset (id, made_at, way, user_id, who, detail, undoes_id, added, changed, deleted)
    VALUES (new_set, begun_at, about ->> 'way', coalesce((about ->> 'user')::integer, 0),
        left(coalesce(about ->> 'who', ''), 150), left(coalesce(about ->> 'detail', ''), 200),
        (about ->> 'undoes')::bigint,
        CASE TG_OP WHEN 'INSERT' THEN count ELSE 0 END,
        CASE TG_OP WHEN 'UPDATE' THEN count ELSE 0 END,
        CASE WHEN TG_OP IN ('DELETE', 'TRUNCATE') THEN count ELSE 0 END);
    PERFORM set_config('itemsite.change_set', new_set::text, true);
    RETURN NULL;
END
$body$
    $record$, columns, old_of_changed, current_schema());

    EXECUTE format($view$
CREATE OR REPLACE VIEW items_history AS
SELECT change.item_id, change.version, change.change_set_id, change_set.made_at, change_set.who,
    change_set.way, change_set.detail, change.kind, change.same_as, change.created_at AS old_created_at,
    array_remove(ARRAY[%1$s], NULL) AS erased, %2$s
FROM items_change AS change
JOIN items_changeset AS change_set ON change_set.id = change.change_set_id
LEFT JOIN items_item AS item ON item.id = change.item_id
%3$s
    $view$, erased, old_and_new, joins);
END
$make$;
"""

# TRUNCATE ... RESTART IDENTITY would give ids out again; and it can empty the history too.
GO_ON = """
DO $make$
BEGIN
    EXECUTE format($function$
CREATE FUNCTION items_item_go_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $body$
DECLARE
    told text := current_setting('itemsite.change_set', true);
    ids text := pg_get_serial_sequence('items_item', 'id');
    last_id bigint := (SELECT max(item_id) FROM items_change);
BEGIN
    IF last_id IS NOT NULL THEN
        PERFORM setval(ids, greatest(nextval(ids), last_id));
    END IF;
    IF told ~ '^[0-9]+$' AND NOT EXISTS (SELECT FROM items_changeset WHERE id = told::bigint) THEN
        PERFORM set_config('itemsite.change_set', '', true);
    END IF;
    RETURN NULL;
END
$body$
    $function$, current_schema());
END
$make$;
"""

LOCK = """
SET LOCAL lock_timeout = '500ms';
SET LOCAL statement_timeout = 0;
DO $$
BEGIN
    FOR attempt IN 1..120 LOOP
        BEGIN
            LOCK TABLE items_item IN SHARE ROW EXCLUSIVE MODE;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.5);  -- let those through who waited behind this
        END;
    END LOOP;
    RAISE EXCEPTION 'Another transaction has been writing items for minutes. Migrate again later.';
END
$$;
"""

TRIGGERS = """
SELECT items_record_fields('name', 'description');
CREATE TRIGGER items_item_record_insert AFTER INSERT ON items_item
    REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT EXECUTE FUNCTION items_item_record();
CREATE TRIGGER items_item_record_update AFTER UPDATE ON items_item
    REFERENCING OLD TABLE AS old_items NEW TABLE AS new_items FOR EACH STATEMENT
    EXECUTE FUNCTION items_item_record();
CREATE TRIGGER items_item_record_delete AFTER DELETE ON items_item
    REFERENCING OLD TABLE AS old_items FOR EACH STATEMENT EXECUTE FUNCTION items_item_record();
CREATE TRIGGER items_item_record_truncate BEFORE TRUNCATE ON items_item
    FOR EACH STATEMENT EXECUTE FUNCTION items_item_record();
CREATE TRIGGER items_item_go_on AFTER TRUNCATE ON items_item
    FOR EACH STATEMENT EXECUTE FUNCTION items_item_go_on();
"""

BACK = """
DROP TRIGGER items_item_record_insert ON items_item;
DROP TRIGGER items_item_record_update ON items_item;
DROP TRIGGER items_item_record_delete ON items_item;
DROP TRIGGER items_item_record_truncate ON items_item;
DROP TRIGGER items_item_go_on ON items_item;
DROP VIEW items_history;
DROP FUNCTION items_record_fields(text[]), items_item_record(), items_item_go_on(),
    items_refuse_version(bigint);
CREATE OR REPLACE TRIGGER items_item_touch BEFORE UPDATE ON items_item FOR EACH ROW
WHEN ((OLD.name, OLD.description) IS DISTINCT FROM (NEW.name, NEW.description))
EXECUTE FUNCTION items_item_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("items", "0005_natural_order_and_unicode")]
    operations = [
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("undoes_id", models.BigIntegerField(null=True)),
                ("user_id", models.IntegerField()),
                ("added", models.IntegerField()),
                ("changed", models.IntegerField()),
                ("deleted", models.IntegerField()),
                ("way", models.CharField(max_length=10)),
                ("who", models.CharField(max_length=150)),
                ("detail", models.CharField(max_length=200)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(models.F("made_at"), name="changeset_by_time"),
                    models.Index(models.F("user_id"), models.F("id"), name="changeset_by_user"),
                    models.Index(
                        models.F("user_id"),
                        models.F("way"),
                        models.F("id"),
                        name="changeset_by_user_and_way",
                    ),
                    models.Index(models.F("way"), models.F("id"), name="changeset_by_way"),
                    models.Index(
                        models.F("undoes_id"),
                        condition=models.Q(("undoes_id__isnull", False)),
                        name="changeset_by_undone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "item_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("item_id", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("change_set_id", models.BigIntegerField()),
                ("same_as", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(max_length=1)),
                ("is_erased", models.BooleanField(db_default=False, default=False)),
                ("name", models.TextField(null=True)),
                ("description", models.TextField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("change_set_id"),
                        models.F("item_id"),
                        models.F("version"),
                        name="change_by_set",
                    )
                ],
            },
        ),
        migrations.RunSQL(START, migrations.RunSQL.noop),
        migrations.RunSQL(TOUCH, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE, migrations.RunSQL.noop),
        migrations.RunSQL(RECORD_FIELDS, migrations.RunSQL.noop),
        migrations.RunSQL(GO_ON, migrations.RunSQL.noop),
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
