"""Run as `python -I items/spreadsheets/reader FILE OPTIONS`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts this folder first; its modules are those of a package, found from the project's.
    sys.path[0] = str(Path(__file__).resolve().parents[3])
    from items.spreadsheets.reader.program import main

    sys.exit(main(*sys.argv[1:]))
