# Sourced by bin/lock and bin/audit: go to the project's folder, make var/supply, put it first in PATH.
CDPATH='' cd -- "$(dirname "$0")/.."
if ! cmp -s requirements-supply.txt var/supply/installed; then
    echo "itemsite: installing into var/supply (once, and again when requirements-supply.txt changes)"
    "${PYTHON:-python3}" -m venv --clear var/supply
    var/supply/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-supply.txt
    cp requirements-supply.txt var/supply/installed
fi
PATH=$PWD/var/supply/bin:$PATH
