"""The sources of permissions: VISITORS_MAY for everyone, accounts and their groups."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpRequest


class VisitorsBackend:
    """Grants the visitors' permissions to every user, so that views need no special case.

    It signs nobody in: it has no get_user, and Django skips such a backend at sign-in.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        return None

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        if obj is not None:
            return set()
        return {f"items.{action}_item" for action in settings.VISITORS_MAY}

    get_user_permissions = get_all_permissions

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        return obj is None and any(
            perm == f"items.{action}_item" for action in settings.VISITORS_MAY
        )

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        return app_label == "items" and bool(settings.VISITORS_MAY)


class AccountsBackend(ModelBackend):
    """Django's own accounts and groups, with one query instead of two."""

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_permissions_in_one_query"):
            permissions = Permission.objects.order_by()
            if not user_obj.is_superuser:
                permissions = permissions.filter(Q(user=user_obj) | Q(group__user=user_obj))
            user_obj._permissions_in_one_query = {
                f"{app_label}.{codename}"
                for app_label, codename in permissions.values_list(
                    "content_type__app_label", "codename"
                )
            }
        return user_obj._permissions_in_one_query


def may_see_people(request: HttpRequest) -> bool:
    """Tell whether the history names people: only to those who have an account themselves."""
    return request.user.is_authenticated


def open_to_visitors(request: HttpRequest) -> dict[str, bool]:
    """Return what every page says about visitors: that they can change items, or only see them."""
    allowed = set(settings.VISITORS_MAY)
    return {"open_to_visitors": not allowed <= {"view"}, "visitors_only_see": allowed == {"view"}}
