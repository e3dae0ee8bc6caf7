from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from items.http.methods import allow_methods
from items.urls import change_urlpatterns, file_urlpatterns, key_urlpatterns
from items.views.api_docs import docs, openapi
from itemsite.accounts.sign_in import sign_in_door
from itemsite.crawlers import favicon, robots
from itemsite.preferences import language, theme

urlpatterns = [
    path("", allow_methods("GET")(RedirectView.as_view(url="/items/"))),
    path("items/", include("items.urls")),
    path("", include((file_urlpatterns, "files"))),
    path("changes/", include((change_urlpatterns, "changes"))),
    path("docs/", docs, name="docs"),
    path("openapi.json", openapi, name="openapi"),
    path("robots.txt", robots),
    path("favicon.ico", favicon),
    path("language/", language.choose, name="language"),
    path("theme/", theme.choose, name="theme"),
    path("accounts/", include("itemsite.accounts.urls")),
    path("accounts/keys/", include((key_urlpatterns, "keys"))),
    path("admin/login/", sign_in_door(admin.site.login)),
    path("admin/", admin.site.urls),
]

handler400 = "itemsite.errors.bad_request"
handler403 = "itemsite.errors.permission_denied"
handler404 = "itemsite.errors.page_not_found"
handler500 = "itemsite.errors.server_error"
