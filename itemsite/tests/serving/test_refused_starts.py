"""What keeps bin/serve from starting is one sentence."""

import subprocess
import sys

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS


def test_arguments_are_refused(clone):
    ended = subprocess.run(
        [sys.executable, "-m", "itemsite.serving.serve", "--help"],
        cwd=clone.folder,
        env=clone.environment(),
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "takes no arguments" in ended.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "http"}, "PORT: 'http' is not a port"),
        ({"BIND": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid"),
        ({"VISITORS_MAY": "fly"}, "VISITORS_MAY: 'fly' is not an action"),
        (
            {"PG_BIN": "/nonexistent"},
            "PG_BIN: the folder /nonexistent does not contain the program postgres",
        ),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/n"}, "DATABASE_URL: connection failed"),
    ],
)
def test_what_is_wrong_is_one_sentence(clone, variables, sentence):
    server = clone.serve(**variables)

    assert server.process.wait(PATIENCE_SECONDS) == 1
    assert sentence in server.output
    assert "Traceback" not in server.output
