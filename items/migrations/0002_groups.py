from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = {
    "Editors": ["view_item", "add_item", "change_item", "delete_item"],
    "Readers": ["view_item"],
}


def make_groups(apps, schema_editor):
    app_config = apps.get_app_config("items")
    app_config.models_module = True  # without it Django skips the app
    create_permissions(app_config, apps=apps, verbosity=0)  # else only made after all migrations
    app_config.models_module = None
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="items", codename__in=codenames)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0001_item"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
