"""What keeps bin/serve from starting is one sentence."""

import resource
import subprocess
import sys
from functools import partial

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS, Clone


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


def test_a_full_disk_is_one_sentence(tmp_path):
    clone = Clone(tmp_path)  # which has no key in var/ yet
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (0, 0))  # every write fails

    ended = subprocess.run(
        [sys.executable, "-m", "itemsite.serving.serve"],
        cwd=clone.folder,
        env=clone.environment(PYTHONDONTWRITEBYTECODE="1", PORT="0"),
        capture_output=True,
        text=True,
        preexec_fn=full,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"itemsite: cannot write in {clone.folder}/var: ")
    assert ended.stderr.count("\n") == 1
    assert list((clone.folder / "var").iterdir()) == []


def test_the_soft_limit_of_open_files_is_raised(clone):
    code = "from itemsite.serving import startup; startup.allow_many_files(); import resource"
    code += "; soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE); print(soft == hard)"
    low = "import resource; r = resource.RLIMIT_NOFILE"
    low += "; resource.setrlimit(r, (256, resource.getrlimit(r)[1]))"

    assert clone.python(f"{low}; {code}") == "True"
