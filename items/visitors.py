"""What everyone may do, signed in or not: the setting VISITORS_MAY."""

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest


class VisitorsBackend(BaseBackend):
    """Grants the visitors' permissions to every user, so that no view asks who is one."""

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        if obj is not None:
            return set()
        return {f"items.{action}_item" for action in settings.VISITORS_MAY}

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        return app_label == "items" and bool(settings.VISITORS_MAY)


def open_to_visitors(request: HttpRequest) -> dict[str, bool]:
    """Context for the banner that warns while anybody may change things."""
    return {"open_to_visitors": set(settings.VISITORS_MAY) > {"view"}}
