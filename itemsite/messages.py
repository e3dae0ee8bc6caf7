"""The messages that the next page shows, such as "Saved", in a cookie with a name of our own."""

from django.conf import settings
from django.contrib.messages.storage import cookie
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class CookieStorage(cookie.CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Storage(FallbackStorage):
    storage_classes = (CookieStorage, SessionStorage)
