"""bench/fuzz: made-up requests, sent to a running itemsite by every door, for an hour."""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import django

from itemsite.tests.clone import Clone


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/fuzz", description="Try every door.")
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        clone = Clone(Path(folder))
        server = clone.serve(VISITORS_MAY="view").wait_for_address()
        try:
            _set_up_django(clone)
            from bench.fuzzing import rounds  # which needs Django's settings

            is_well = rounds.run(clone, server, options.minutes)
        finally:
            server.stop()
            clone.remove()
    sys.exit(not is_well)


def _set_up_django(clone: Clone) -> None:
    """Let this process import files into the clone's database."""
    host = quote(str(clone.socket_folder), safe="")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "itemsite.settings",
        "DATABASE_URL": f"postgresql://itemsite@{host}/itemsite",
        "SECRET_KEY": "-" * 50,
    }
    django.setup()


if __name__ == "__main__":
    main()
