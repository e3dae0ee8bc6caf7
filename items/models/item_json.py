"""The JSON text of an item as SQL, for its API and for files."""

from django.db import models

from items.models.item import JSON_KEYS, Item


def _json_value(key: str) -> str:
    if isinstance(Item._meta.get_field(key), models.DateTimeField):
        return rf"""to_char({key} AT TIME ZONE 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"')"""
    return f"to_json({key})"


# This takes a sixth of the time of json_build_object().
ITEM_JSON = (
    " || ".join(
        f"""'{"," if place else "{"}"{key}":' || {_json_value(key)}"""
        for place, key in enumerate(JSON_KEYS)
    )
    + " || '}'"
)
