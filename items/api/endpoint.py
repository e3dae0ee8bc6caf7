"""What all views of the JSON endpoint have in common: methods, keys, permissions, answers."""

from collections.abc import Collection, Iterable, Mapping

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from items.access import rate_limit
from items.access.bearer import OURS, read_bearer
from items.api.parsing import PATCH_TYPES
from items.http.methods import View, allow_methods
from items.http.negotiation import VARY
from items.http.problems import Problem
from items.models import ApiKey

PERMISSIONS = {
    "GET": "items.view_item",
    "HEAD": "items.view_item",
    "POST": "items.add_item",
    "PUT": "items.change_item",
    "PATCH": "items.change_item",
    "DELETE": "items.delete_item",
}


class ApiRequest(HttpRequest):
    method: str
    api_key: ApiKey | None


def endpoint(permissions: Mapping[str, str] = PERMISSIONS, **methods: View) -> View:
    """Return a view with one function per method, in English.

    It reads no cookie, so needs no CSRF token.
    """

    @allow_methods(*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS")
    def view(request: ApiRequest, **kwargs: int) -> HttpResponse:
        if request.method == "OPTIONS":
            return empty_response(204, _methods_told(view.methods))
        with override("en"):
            _check(request, permissions[request.method])
            method = "GET" if request.method == "HEAD" else request.method
            response = methods[method](request, **kwargs)
        response["Content-Language"] = "en"
        patch_vary_headers(response, VARY)
        return response

    return view


def _methods_told(methods: Collection[str]) -> dict[str, str]:
    patch = {"Accept-Patch": ", ".join(PATCH_TYPES)} if "PATCH" in methods else {}  # RFC 5789
    return {"Allow": ", ".join(methods)} | patch


def _check(request: ApiRequest, permission: str) -> None:
    """Read the key; raise Problem unless the request is allowed. The session cookie is ignored."""
    if is_write(request) and _is_from_another_site(request):
        raise Problem(403, "A page of another site cannot change anything here.")
    brings_key = "HTTP_X_API_KEY" in request.META or OURS.match(
        request.META.get("HTTP_AUTHORIZATION", "")
    )
    request.api_key = _read_key(request) if brings_key else None
    require(request, permission)
    # A POST counts its items itself.
    if request.api_key is None and is_write(request) and request.method != "POST":
        rate_limit.check_visitors_write(request)


def _is_from_another_site(request: ApiRequest) -> bool:
    """Tell whether a browser says so. Over plain HTTP it only sends Origin."""
    if request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return True
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return origin.partition("://")[2] != request.get_host()  # a proxy can hide the scheme


def is_write(request: ApiRequest) -> bool:
    return request.method not in ("GET", "HEAD")


def require(request: ApiRequest, permission: str) -> None:
    """Raise Problem unless the key, or every visitor if there is no key, has the permission."""
    if may(request, permission):
        return
    if request.api_key:
        why = f"it is read-only, or its account does not have {permission}"
        raise Problem(403, f"This key cannot {request.method} here: {why}.")
    raise challenge(f"Visitors cannot {request.method} here. Send Authorization: Bearer KEY.")


def challenge(detail: str) -> Problem:
    """Return the problem of a request that lacks a key."""
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="itemsite"'})


def may(request: ApiRequest, permission: str) -> bool:
    """Tell whether the key, or every visitor if there is no key, has the permission.

    A read-only key cannot write, whatever that needs.
    """
    key = request.api_key
    if key is None:
        return AnonymousUser().has_perm(permission)
    return key.may(permission) and not (key.read_only and is_write(request))


def _read_key(request: HttpRequest) -> ApiKey:
    """Return the API key; raise Problem 401 for a wrong one, 429 after too many."""
    try:
        return read_bearer(request)
    except Problem:
        rate_limit.check_failed_key(request)
        raise


def json_response(text: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-cache"}  # caches must ask each time, so that commits are seen
    return HttpResponse(
        text + "\n", status=status, content_type="application/json", headers=headers
    )


def json_array(texts: Iterable[str]) -> str:
    return "[" + ",\n ".join(texts) + "]"


def empty_response(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(status=status, headers=headers)
    del response["Content-Type"]  # Django's default, but there is no body
    return response
