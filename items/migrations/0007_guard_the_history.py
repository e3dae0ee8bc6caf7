"""No id is given out twice, and nobody else writes the history.

TRUNCATE ... RESTART IDENTITY would give ids out again, also those of items whose history was
pruned. So the sequence goes on from its number, which it has only before a TRUNCATE; and from ids
that somebody wrote into an INSERT, but for those that leave no room for others.

To add items, the history is searched for each of them. If its statistics were made when it was
empty, PostgreSQL would read all of it each time: 63,666 items took 32 to 49 s instead of 8.

Everybody could make triggers of the history's functions, on tables of their own, and so write
changes that nobody made. The triggers of itemsite need no permission when they fire.
"""

from django.db import migrations

GO_ON = """
DO $make$
BEGIN
    EXECUTE format($function$
CREATE OR REPLACE FUNCTION items_item_go_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $body$
DECLARE
    told text := current_setting('itemsite.change_set', true);
    ids text := pg_get_serial_sequence('items_item', 'id');
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        PERFORM set_config('itemsite.next_id', nextval(ids)::text, true);
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM items_changeset) THEN
        PERFORM setval(ids, greatest(current_setting('itemsite.next_id')::bigint,
            (SELECT max(item_id) FROM items_change WHERE item_id < 1::bigint << 62)));
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
CREATE TRIGGER items_item_note_id BEFORE TRUNCATE ON items_item
    FOR EACH STATEMENT EXECUTE FUNCTION items_item_go_on();
"""
GO_ON_AS_BEFORE = """
DROP TRIGGER items_item_note_id ON items_item;
DO $make$
BEGIN
    EXECUTE format($function$
CREATE OR REPLACE FUNCTION items_item_go_on() RETURNS trigger
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
# For the function that records, and for those that items_record_fields() will make.
BY_INDEX = """
ALTER FUNCTION items_item_record() SET enable_seqscan = off;
DO $make$
BEGIN
    EXECUTE replace(pg_get_functiondef('items_record_fields(text[])'::regprocedure),
        'SET enable_nestloop = off', 'SET enable_nestloop = off SET enable_seqscan = off');
END
$make$;
"""
BY_ANY_SCAN = """
ALTER FUNCTION items_item_record() RESET enable_seqscan;
DO $make$
BEGIN
    EXECUTE replace(pg_get_functiondef('items_record_fields(text[])'::regprocedure),
        'SET enable_nestloop = off SET enable_seqscan = off', 'SET enable_nestloop = off');
END
$make$;
"""
REVOKE = "REVOKE EXECUTE ON FUNCTION items_item_record(), items_item_go_on() FROM PUBLIC;"
GRANT = "GRANT EXECUTE ON FUNCTION items_item_record(), items_item_go_on() TO PUBLIC;"


class Migration(migrations.Migration):
    dependencies = [("items", "0006_history")]
    operations = [
        migrations.RunSQL(GO_ON, GO_ON_AS_BEFORE),
        migrations.RunSQL(BY_INDEX, BY_ANY_SCAN),
        migrations.RunSQL(REVOKE, GRANT),
    ]
