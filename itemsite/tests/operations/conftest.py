import pytest
from django.core.management import call_command


@pytest.fixture
def backup(tmp_path, django_user_model):
    """Give the backup of a list with a history and an account."""
    from items.models import Upload  # Django is not ready when this file is loaded
    from items.tests.changes.history import ADA, add, made_by, rename

    django_user_model.objects.create_user("ada")
    made_by(ADA, add("Lamp", "Vase"))
    made_by(ADA, rename("Lamp", "Lantern"))
    Upload.objects.create(file_name="staged.csv")
    call_command("backup", "--to", str(tmp_path))
    return next(tmp_path.glob("*.dump"))
