from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from items.admin.forms import CheckedChanges
from items.admin.lists import StrictLists

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.site_url = "/items/"

admin.site.unregister([User, Group])


@admin.register(User)
class StrictUserAdmin(StrictLists, CheckedChanges, UserAdmin):
    readonly_fields = ("last_login", "date_joined")  # they change by themselves

    def user_change_password(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Open the transaction that locking the row needs; Django has one for its other forms."""
        with transaction.atomic():
            return super().user_change_password(request, *args, **kwargs)


@admin.register(Group)
class StrictGroupAdmin(StrictLists, CheckedChanges, GroupAdmin):
    pass
