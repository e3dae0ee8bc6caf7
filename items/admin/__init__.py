"""Items and API keys in Django's admin."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from items.admin.forms import CheckedChanges
from items.admin.lists import StrictLists
from items.admin.paging import EstimatingPaginator
from items.changes.recording import records
from items.forms import ItemForm
from items.http.problems import shortened
from items.models import ApiKey, Item
from items.models.api_key import ApiKeyQuerySet
from items.models.item import WRITABLE, ItemQuerySet
from items.search.words import read_words


@admin.register(Item)
@method_decorator(records("admin"), name="changelist_view")  # it runs the actions
@method_decorator(records("admin"), name="changeform_view")  # adds and changes
@method_decorator(records("admin"), name="delete_view")
class ItemAdmin(StrictLists, CheckedChanges, admin.ModelAdmin):
    form = ItemForm
    readonly_fields = ["created_at", "updated_at", "version"]
    list_display = ["by_name", "summary", "added", "updated_at"]
    list_filter = ["created_at"]
    search_fields = ["search"]  # only shows the box; get_search_results does the search
    search_help_text = gettext_lazy("Words or parts of words in the name or description")
    ordering = ["-id"]
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each facet would count the whole table
    paginator = EstimatingPaginator
    deleted_max = 10_000  # items at once: the admin lists each of them and writes each into its log

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Show the item's page: its history has what was changed everywhere, not only here."""
        return redirect(f"/items/{object_id}/#history")

    @admin.display(description=gettext_lazy("name"), ordering="name_order")
    def by_name(self, item: Item) -> str:
        return item.name

    @admin.display(description=gettext_lazy("added"), ordering="id")  # created_at has no index
    def added(self, item: Item) -> datetime:
        return item.created_at

    @admin.display(description=gettext_lazy("description"))
    def summary(self, item: Item) -> str:
        return shortened(item.summary)

    def get_fields(self, request: HttpRequest, obj: Item | None = None) -> list[str]:
        return [*WRITABLE, *(self.readonly_fields if obj else [])]

    def get_queryset(self, request: HttpRequest) -> ItemQuerySet:
        return super().get_queryset(request).with_summary()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the lookups of the filters only: others fail in PostgreSQL or in Python."""
        return lookup in ("created_at__gte", "created_at__lt")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.matching(*read_words(search_term)), False

    def get_deleted_objects(self, objs: Sequence[Item] | QuerySet, request: HttpRequest) -> tuple:
        """Refuse more than deleted_max."""
        most = self.deleted_max
        if isinstance(objs, QuerySet) and objs.order_by()[: most + 1].count() > most:
            told = gettext("To delete more than %(max)s items, use the list at /items/.")
            raise BadRequest(told % {"max": number_format(most, force_grouping=True)})
        return super().get_deleted_objects(objs, request)

    def save_model(self, request: HttpRequest, obj: Item, form: ItemForm, change: bool) -> None:
        form.save()  # writes only the changed fields


@admin.register(ApiKey)
class ApiKeyAdmin(StrictLists, admin.ModelAdmin):
    """Shows and revokes keys. Users create their own, so that no administrator sees them."""

    fields = [
        "user",
        "name",
        "hint",
        "read_only",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    ]
    readonly_fields = list_display = fields
    list_select_related = ["user"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name", "user__username", "hint"]
    search_help_text = gettext_lazy(
        "Name, user, or the last four characters of a key. Users create keys at /accounts/keys/,"
        " administrators with manage.py create_api_key. A new key is shown only once."
    )
    ordering = ["-id"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=gettext_lazy("Revoke selected API keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: ApiKeyQuerySet) -> None:
        message = gettext("Revoked keys: %(number)d.") % {"number": queryset.revoke()}
        self.message_user(request, message)
