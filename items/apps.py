from django.apps import AppConfig
from django.core.checks import Tags, register


class ItemsConfig(AppConfig):
    name = "items"

    def ready(self) -> None:
        from items.checks import check_database

        register(check_database, Tags.database)
