"""The tables."""

from items.models.api_key import ApiKey
from items.models.change import Change, ChangeSet
from items.models.item import Item
from items.models.stored_answer import StoredAnswer
from items.models.tally import Tally
from items.models.upload import Staged, Upload, UploadChunk

__all__ = [
    "ApiKey",
    "Change",
    "ChangeSet",
    "Item",
    "Staged",
    "StoredAnswer",
    "Tally",
    "Upload",
    "UploadChunk",
]
