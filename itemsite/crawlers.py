"""What browsers and search engines ask of every site: /favicon.ico and /robots.txt."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from items.http.methods import allow_methods

PRIVATE = """\
# Only people with an account can see this list, so there is nothing here to be found by a search.
User-agent: *
Disallow: /
"""
PUBLIC = """\
# Everyone can see this list, search engines too. docs/deploy.md says how to ask for a sign-in.
User-agent: *
Disallow: /admin/
"""


@allow_methods("GET")
def robots(request: HttpRequest) -> HttpResponse:
    text = PUBLIC if "view" in settings.VISITORS_MAY else PRIVATE
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@allow_methods("GET")
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("favicon.ico"))
