"""The Nu HTML checker, the W3C's."""

import os
import shutil
import subprocess

import pytest

from itemsite.embedded.binaries import PROJECT

JAR = PROJECT / ".ci/node_modules/vnu-jar/build/dist/vnu.jar"

# bin/test asks for nothing but Python. CI installs both, and must fail when it has not.
needs_checker = pytest.mark.skipif(
    not ((JAR.exists() and shutil.which("java")) or os.environ.get("CI")),
    reason="the Nu HTML checker is not installed: it takes Java, and npm ci in .ci/",
)


def run_checker(*paths):
    """Return a line for each fault of files, or of those in folders; it begins with the file."""
    command = ["java", "-jar", JAR, "--Werror", "--also-check-css", "--also-check-svg", *paths]
    return subprocess.run(command, capture_output=True, text=True).stderr.splitlines()
