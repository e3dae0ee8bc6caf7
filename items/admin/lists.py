"""Lists that check what an address or a form asks for."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, EmptyResultSet, ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext


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

    def get_results(self, request: HttpRequest) -> None:
        """Take over what the page has told: the number of rows, and which page it is."""
        super().get_results(request)
        self.result_count = self.paginator.count
        self.page_num = min(self.page_num, self.paginator.num_pages)


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
