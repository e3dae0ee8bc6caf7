from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from items.admin import CheckedChanges, StrictLists

admin.site.site_header = admin.site.site_title = "itemsite"
admin.site.site_url = "/items/"

admin.site.unregister([User, Group])


@admin.register(User)
class StrictUserAdmin(StrictLists, CheckedChanges, UserAdmin):
    readonly_fields = ("last_login", "date_joined")  # they change by themselves


@admin.register(Group)
class StrictGroupAdmin(StrictLists, CheckedChanges, GroupAdmin):
    pass
