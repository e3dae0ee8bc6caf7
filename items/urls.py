from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from items.api import views as api
from items.http.negotiation import preferred_type
from items.http.problems import Problem
from items.search.sorting import read_id
from items.views import api_keys, bulk_delete, item_forms, item_list


class IdConverter:
    """A bigint key in ASCII digits; anything else is no address of ours."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        pk = read_id(value)
        if pk is None:
            raise ValueError(value)
        return pk

    def to_url(self, value: int) -> str:
        return str(value)


def page_or_json(page: Callable, endpoint: Callable) -> Callable:
    """Serve people and scripts at one address.

    Exempt from CSRF because the JSON side never looks at the session, and the
    page side here only reads.
    """

    @csrf_exempt
    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        preferred = preferred_type(request)
        if preferred is None:
            response = Problem(406, "Accept application/json or text/html.").response()
        elif preferred == "text/html":
            response = page(request, **kwargs)
        else:
            response = endpoint(request, **kwargs)
        patch_vary_headers(response, ["Accept", "Authorization"])
        return response

    return view


register_converter(IdConverter, "id")

app_name = "items"
urlpatterns = [
    path("", page_or_json(item_list.item_list, api.item_list), name="list"),
    path("new/", item_forms.item_new, name="new"),
    path("similar/", item_forms.item_similar, name="similar"),
    path("delete/", bulk_delete.item_delete_many, name="delete_many"),
    path("<id:pk>/", page_or_json(item_forms.item_detail, api.item_detail), name="detail"),
    path("<id:pk>/edit/", item_forms.item_edit, name="edit"),
    path("<id:pk>/delete/", item_forms.item_delete, name="delete"),
]

key_urlpatterns = [
    path("", api_keys.key_list, name="list"),
    path("<id:pk>/revoke/", api_keys.key_revoke, name="revoke"),
]
