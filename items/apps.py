from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy


class ItemsConfig(AppConfig):
    name = "items"
    verbose_name = gettext_lazy("List")

    def ready(self) -> None:
        from items.database.checks import check_database

        register(check_database, Tags.database)
