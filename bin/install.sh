# Sourced by bin/serve and bin/test, which name $requirements: go to the project's folder, make .venv.
CDPATH='' cd -- "$(dirname "$0")/.."
for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11 none; do
    if [ "$python" = none ]; then
        echo "itemsite: Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python3.11 $0" >&2
        exit 1
    fi
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi
done
"$python" bin/install.py "$requirements"
