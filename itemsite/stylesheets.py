"""One stylesheet for all pages, joined of several: people read each apart, a page asks once."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseStorageFinder
from django.core.files.storage import FileSystemStorage

JOINED = "pages.css"
PARTS = ("palette.css", "site.css", "items.css", "print.css")


class StylesheetFinder(BaseStorageFinder):
    """Finds the joined stylesheet, for collectstatic and runserver alike, as its parts are now."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(FileSystemStorage(settings.VAR / "stylesheets"))

    def find(self, path: str, *args: object, **kwargs: object) -> str | list[str]:
        if path == JOINED:
            self._join()
        return super().find(path, *args, **kwargs)

    def list(self, ignore_patterns: list[str]) -> Iterator[tuple[str, FileSystemStorage]]:
        self._join()
        return super().list(ignore_patterns)

    def _join(self) -> None:
        folder = settings.BASE_DIR / "static"
        text = "\n".join((folder / part).read_text() for part in PARTS)
        joined = Path(self.storage.path(JOINED))
        if not joined.exists() or joined.read_text() != text:  # collectstatic copies what is newer
            joined.parent.mkdir(parents=True, exist_ok=True)
            joined.write_text(text)
