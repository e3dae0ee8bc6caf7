"""The API key of a request."""

import hmac
import re

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from items.http.problems import Problem
from items.models.api_key import CHECKSUM_LENGTH, PREFIX, RANDOM_LENGTH, ApiKey, checksum, digest

# The beginning of an Authorization header for this site. Other schemes, such as Basic, are for a
# proxy in front.
OURS = re.compile(rf"bearer\b|{PREFIX}", re.IGNORECASE)
WELL_FORMED = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + CHECKSUM_LENGTH}}}")


def read_bearer(request: HttpRequest) -> ApiKey:
    """Return the key in X-API-Key or Authorization; raise Problem 401 if it is wrong in any way.

    Call it outside of a transaction: it can write the time of use, and requests
    with the same key would wait for each other.
    """
    sent = _read_digest(request)
    key = ApiKey.objects.select_related("user").filter(digest=sent).first()
    # The time of the index lookup reveals nothing about a key. The comparison takes constant time
    # anyway, in case the lookup changes one day.
    if key is None or not hmac.compare_digest(key.digest, sent):
        raise _refusal("This API key does not exist. Create a key at /accounts/keys/.")
    if key.state != "active":
        raise _refusal(f"This API key is {key.state}. Create another at /accounts/keys/.")
    if not key.user.is_active:
        raise _refusal("The account of this API key is not active. Ask an administrator.")
    key.note_use()
    return key


@sensitive_variables()
def _read_digest(request: HttpRequest) -> str:
    """Return the digest of the key in the headers.

    This is a separate function so that the key is not in the variables of the function that calls
    the database: an error report shows the variables of every caller.
    """
    secret = request.META.get("HTTP_X_API_KEY")
    if secret is None:
        secret = request.META["HTTP_AUTHORIZATION"].partition(" ")[2]
    secret = secret.strip(" ")
    if not WELL_FORMED.fullmatch(secret) or not secret.endswith(
        checksum(secret[:-CHECKSUM_LENGTH])
    ):
        raise _refusal(
            "This API key is not valid. Copy it again, and check that it is a key of this site."
        )
    return digest(secret)


def _refusal(detail: str) -> Problem:
    challenge = 'Bearer realm="itemsite", error="invalid_token"'  # RFC 6750, section 3
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})
