"""Safe retries: the Idempotency-Key of a script (an IETF draft), the one-time key of a form.

The answer is stored in the same transaction as the write, so that both or neither exist, even if
the process is killed in between.
"""

import hashlib
import re

from django.db import connection
from django.http import HttpRequest, HttpResponse

from items.http.problems import Problem
from items.models.stored_answer import StoredAnswer

KEPT_HOURS = 24
KEY = re.compile(r'"([!#-~]{1,255})"|([!#-~]{1,255})')  # a structured field's string, or bare
RETRY_AFTER_SECONDS = 1
SWEPT_ROWS = 20  # expired answers that each new one deletes, so that no cron job is needed

# The lock shows whether the first request is still running. If that commits just before this
# statement takes the lock, the statement does not see its row yet: then STORE finds it.
CLAIM = f"""
    SELECT pg_try_advisory_xact_lock(hashtextextended(%(owner)s || ' ' || %(key)s, 0)),
           fingerprint, body, location, etag
    FROM (VALUES (1)) AS always
    LEFT JOIN items_storedanswer ON owner = %(owner)s AND key = %(key)s
         AND created_at > now() - interval '{KEPT_HOURS} hours'
"""
WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%(owner)s || ' ' || %(key)s, 0))"
STORE = f"""
    WITH swept AS (
        DELETE FROM items_storedanswer WHERE id IN (
            SELECT id FROM items_storedanswer
            WHERE created_at <= now() - interval '{KEPT_HOURS} hours'
              AND NOT (owner = %(owner)s AND key = %(key)s)
            ORDER BY created_at LIMIT {SWEPT_ROWS} FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO items_storedanswer (owner, key, fingerprint, body, location, etag)
    VALUES (%(owner)s, %(key)s, %(fingerprint)s, %(body)s, %(location)s, %(etag)s)
    ON CONFLICT (owner, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, body = excluded.body, location = excluded.location,
        etag = excluded.etag, created_at = now()
    WHERE items_storedanswer.created_at <= now() - interval '{KEPT_HOURS} hours'
"""


class Claim:
    """The lock of one request on its key, until its transaction ends."""

    def __init__(self, owner: str, key: str, content: bytes) -> None:
        fingerprint = hashlib.sha256(content).digest()
        self._values = {"owner": owner, "key": key, "fingerprint": fingerprint}

    def wait(self) -> None:
        """Wait until no other request with this key is running."""
        with connection.cursor() as cursor:
            cursor.execute(WAIT, self._values)

    def stored_answer(self) -> HttpResponse | None:
        """Return the stored answer, if any; raise Problem for a different body or a race."""
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, self._values)
            is_ours, fingerprint, body, location, etag = cursor.fetchone()
        if not is_ours:
            raise _under_way()
        if fingerprint is None:
            return None
        if bytes(fingerprint) != self._values["fingerprint"]:
            raise Problem(
                422, "This Idempotency-Key was already used with a different body. Use a new one."
            )
        response = HttpResponse(body, status=201, content_type="application/json")
        response["Idempotency-Replayed"] = "true"
        if location:
            response["Location"], response["ETag"] = location, etag
        return response

    def discard(self) -> None:
        """Delete the stored answer."""
        StoredAnswer.objects.filter(owner=self._values["owner"], key=self._values["key"]).delete()

    def store(self, response: HttpResponse) -> None:
        """Store the answer; raise Problem if another request was faster."""
        answer = {
            "body": response.content.decode(),
            "location": response.get("Location", ""),
            "etag": response.get("ETag", ""),
        }
        with connection.cursor() as cursor:
            cursor.execute(STORE, self._values | answer)
            if not cursor.rowcount:
                raise _under_way()


def read_key(request: HttpRequest) -> str:
    """Return the request's key; raise Problem 400 if it is malformed."""
    found = KEY.fullmatch(request.META["HTTP_IDEMPOTENCY_KEY"])
    if not found:
        detail = "Idempotency-Key must be 1 to 255 visible ASCII characters, for example a UUID."
        raise Problem(400, detail)
    return found[1] or found[2]


def _under_way() -> Problem:
    detail = "A request with this Idempotency-Key is still running. Try again in a moment."
    return Problem(409, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
