from django.urls import path, register_converter

from items.api import changes as changes_api
from items.api import imports as imports_api
from items.api import views as api
from items.http.negotiation import CSV, NDJSON, XLSX, page_or_json
from items.search.sorting import read_id
from items.views import (
    api_keys,
    bulk_delete,
    changes,
    exports,
    item_detail,
    item_forms,
    item_list,
)
from items.views.imports import acts, upload


class IdConverter:
    """A positive bigint in ASCII digits; other paths get 404."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        pk = read_id(value)
        if pk is None:
            raise ValueError(value)
        return pk

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")

app_name = "items"
urlpatterns = [
    path("", page_or_json(item_list.item_list, api.item_list, exports.DOORS), name="list"),
    path("new/", item_forms.item_new, name="new"),
    path("import/", page_or_json(upload.item_import, imports_api.item_import), name="import"),
    path("import/<uuid:pk>/", acts.import_preview, name="import_preview"),
    path("import/<uuid:pk>/read/", acts.import_read, name="import_read"),
    path("import/<uuid:pk>/discard/", acts.import_discard, name="import_discard"),
    path("import/<uuid:pk>/left-out/", acts.import_left_out, name="import_left_out"),
    path("similar/", item_forms.item_similar, name="similar"),
    path("delete/", bulk_delete.item_delete_many, name="delete_many"),
    path("<id:pk>/", page_or_json(item_detail.item_detail, api.item_detail), name="detail"),
    path("<id:pk>/restore/", item_detail.item_restore, name="restore"),
    path("<id:pk>/edit/", item_forms.item_edit, name="edit"),
    path("<id:pk>/delete/", item_forms.item_delete, name="delete"),
]

file_urlpatterns = [
    path("items.csv", exports.file_of(CSV), name="csv"),
    path("items.xlsx", exports.file_of(XLSX), name="xlsx"),
    path("items.ndjson", exports.file_of(NDJSON), name="ndjson"),
]

change_urlpatterns = [
    path("", page_or_json(changes.change_list, changes_api.change_set_list), name="list"),
    path(
        "<id:pk>/",
        page_or_json(changes.change_set, changes_api.change_set_detail),
        name="detail",
    ),
    path(
        "<id:pk>/undo/",
        page_or_json(changes.change_set_undo, changes_api.change_set_undo),
        name="undo",
    ),
]

key_urlpatterns = [
    path("", api_keys.key_list, name="list"),
    path("<id:pk>/revoke/", api_keys.key_revoke, name="revoke"),
]
