from urllib.parse import quote

from django.db import connection


def database_url(name):
    """Return what DATABASE_URL is for a database on the server of the tests."""
    settings = {key: quote(str(value), safe="") for key, value in _settings().items()}
    login = ":".join(filter(None, (settings["USER"], settings["PASSWORD"])))
    place = ":".join(filter(None, (settings["HOST"], settings["PORT"])))
    return f"postgresql://{login}@{place}/{name}"


def _settings():
    return {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
