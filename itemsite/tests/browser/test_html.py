"""The Nu HTML checker, the W3C's, has nothing to say of any page, nor of the stylesheets."""

import os
import shutil
import subprocess

import pytest

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.browser.states import STATES, fill

JAR = PROJECT / ".ci/node_modules/vnu-jar/build/dist/vnu.jar"
STATIC = PROJECT / "static"

# bin/test asks for nothing but Python. CI installs both, and must fail when it has not.
pytestmark = pytest.mark.skipif(
    not ((JAR.exists() and shutil.which("java")) or os.environ.get("CI")),
    reason="the Nu HTML checker is not installed: it takes Java, and npm ci in .ci/",
)


@pytest.fixture
def open_document(open_page):
    """Return a function that goes to a state and gives the HTML that came."""

    def open_document(reach, site):
        page, documents = open_page(), []
        page.on("response", lambda response: documents.append(response))
        reach(page, site)
        page.wait_for_load_state()
        documents = [one for one in documents if one.request.resource_type == "document"]
        return documents[-1].body()

    return open_document


def test_the_checker_finds_nothing(open_document, site, database, tmp_path):
    for state, reach in STATES.items():
        fill(site, database)
        (tmp_path / f"{state}.html").write_bytes(open_document(reach, site))

    ended = run_checker(tmp_path, *STATIC.glob("*.css"), *STATIC.glob("*.svg"))

    assert ended.returncode == 0, ended.stderr


def test_what_is_wrong_would_be_found(tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><title>x</title><p id=a id=a>")

    ended = run_checker(tmp_path)

    assert ended.returncode != 0
    assert "Duplicate attribute" in ended.stderr


def run_checker(*paths):
    command = ["java", "-jar", JAR, "--Werror", "--also-check-css", "--also-check-svg", *paths]
    return subprocess.run(command, capture_output=True, text=True)
