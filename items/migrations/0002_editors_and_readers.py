"""Groups that a new site begins with."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = {
    "Editors": ["view_item", "add_item", "change_item", "delete_item"],
    "Readers": ["view_item"],
}


def make_groups(apps, schema_editor):
    app_config = apps.get_app_config("items")
    app_config.models_module = True  # without it Django skips the app
    alias = schema_editor.connection.alias
    # Else they were only made after all migrations.
    create_permissions(app_config, apps=apps, using=alias, verbosity=0)
    app_config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for name, codenames in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(
            *permissions.filter(content_type__app_label="items", codename__in=codenames)
        )


class Migration(migrations.Migration):
    replaces = [("items", "0002_groups")]
    dependencies = [
        ("items", "0001_items"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
