"""Run as `python -I items/spreadsheets/reader FILE OPTIONS`."""

import os.path
import sys

if __name__ == "__main__":
    # Python puts this folder first; its modules are those of a package, found from the project's.
    sys.path[0] = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
    from items.spreadsheets.reader.program import main

    sys.exit(main(*sys.argv[1:]))
