import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, EmptyResultSet, ValidationError
from django.core.paginator import Paginator
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from items.changes.recording import records
from items.forms import ItemForm
from items.http.problems import shortened
from items.models import ApiKey, Item
from items.models.api_key import ApiKeyQuerySet
from items.models.item import WRITABLE, ItemQuerySet
from items.search.words import COUNT_MAX, read_words


class CappedPaginator(Paginator):
    """Counts no further than COUNT_MAX: counting a million rows takes longer than showing them."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[:COUNT_MAX].count()


class CheckedChangeList(ChangeList):
    """Refuses a lookup that Django cannot turn into SQL, such as the year 99999."""

    def get_queryset(self, request: HttpRequest, *args, **kwargs) -> QuerySet:
        found = super().get_queryset(request, *args, **kwargs)
        try:
            sql, parameters = found.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            sql % parameters  # raises TypeError if their number is wrong
        except EmptyResultSet:  # no row can match
            pass
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise BadRequest(
                gettext("This filter is not valid: %(error)s. Use the filters beside the list.")
                % {"error": error}
            )
        return found


class StrictLists:
    """Checks URLs and forms: Django's admin trusts them, as if only its own pages sent them."""

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        return CheckedChangeList

    def action_checkbox(self, obj: Model) -> SafeString:
        """Forbid browsers to tick rows by their place when one comes back."""
        checkbox = super().action_checkbox(obj)
        return mark_safe(checkbox.replace("<input ", '<input autocomplete="off" ', 1))

    def changelist_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(selected)
        except ValidationError:
            raise BadRequest(
                gettext("A selected row is not in this list. Reload the list and select again.")
            )
        return super().changelist_view(request, *args, **kwargs)


class CheckedForm(forms.ModelForm):
    """Refuses to overwrite what somebody else saved after this form was shown."""

    @property
    def shown(self) -> str:
        """Return a fingerprint of the saved values; a hidden field of the page contains it."""
        values = [
            (name, str(getattr(value, "pk", value)))
            for name, field in self.fields.items()
            if not field.disabled
            for value in _as_list(self.initial.get(name))
        ]
        return hashlib.sha256(repr(sorted(values)).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get("shown", self.shown) == self.shown or not self.has_changed():
            return cleaned
        for name in self.changed_data:
            told = gettext("The saved value is now “%(value)s”.")
            self.add_error(name, told % {"value": shortened(_as_text(self[name].initial))})
        raise ValidationError(
            gettext(
                "Somebody else saved this while you were editing it. Your changes are not saved"
                " yet. Compare the fields, then save again to overwrite what differs."
            ),
            code="conflict",
        )


def _as_text(value: object) -> str:
    """Return a saved value as an administrator reads it: a text, a tick, or several rows."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return ", ".join(str(one) for one in _as_list(value) if one is not None)


def _as_list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


class CheckedChanges:
    """Uses CheckedForm, and locks the row before a POST, so that a deleted row stays deleted."""

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (CheckedForm, form), {}) if change else form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None):
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return self.model._default_manager.select_for_update().filter(pk=found.pk).first()


@admin.register(Item)
@method_decorator(records("admin"), name="changelist_view")  # it runs the actions
@method_decorator(records("admin"), name="changeform_view")  # adds and changes
@method_decorator(records("admin"), name="delete_view")
class ItemAdmin(StrictLists, CheckedChanges, admin.ModelAdmin):
    form = ItemForm
    readonly_fields = ["created_at", "updated_at", "version"]
    list_display = ["name", "summary", "created_at", "updated_at"]
    list_filter = ["created_at"]
    search_fields = ["search"]  # only shows the box; get_search_results does the search
    search_help_text = gettext_lazy("Words or parts of words in the name or description")
    ordering = ["-id"]
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each facet would count the whole table
    paginator = CappedPaginator

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Show the item's page: its history has what was changed everywhere, not only here."""
        return redirect(f"/items/{object_id}/#history")

    @admin.display(description=gettext_lazy("description"))
    def summary(self, item: Item) -> str:
        return item.summary

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
        """Refuse more than COUNT_MAX: the admin lists each of them and writes each into its log."""
        if isinstance(objs, QuerySet) and objs.order_by()[: COUNT_MAX + 1].count() > COUNT_MAX:
            told = gettext("To delete more than %(max)s items, use the list at /items/.")
            raise BadRequest(told % {"max": number_format(COUNT_MAX, force_grouping=True)})
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
