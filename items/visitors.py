"""What everyone may do, signed in or not: the setting VISITORS_MAY."""

from django.conf import settings
from django.http import HttpRequest


class VisitorsBackend:
    """Grants the visitors' permissions to every user, so that no view asks who is one.

    It signs nobody in. It has no get_user, by which Django knows that.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        return None

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        if obj is not None:
            return set()
        return {f"items.{action}_item" for action in settings.VISITORS_MAY}

    get_user_permissions = get_all_permissions

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        return app_label == "items" and bool(settings.VISITORS_MAY)


def open_to_visitors(request: HttpRequest) -> dict[str, bool]:
    """Context for the banner that warns while anybody may change things."""
    return {"open_to_visitors": not set(settings.VISITORS_MAY) <= {"view"}}
