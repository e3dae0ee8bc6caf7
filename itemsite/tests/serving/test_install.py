"""bin/install.py, which runs before anything is installed."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from itemsite.embedded.binaries import PROJECT


@pytest.fixture
def folder(tmp_path):
    """Return a project of which nothing is installed."""
    (tmp_path / "bin").mkdir()
    shutil.copy(PROJECT / "bin/install.py", tmp_path / "bin")
    for name in ("requirements.txt", "requirements-serve.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    return tmp_path


def install(folder, prelude="", requirements="requirements-dev.txt", **variables):
    code = f"{prelude}\nimport runpy; runpy.run_path('bin/install.py', run_name='__main__')"
    command = [sys.executable, "-c", code, requirements]
    environment = os.environ | variables
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def require_wheel(folder):
    """Let the project require a package, which is a file beside it."""
    wheel = folder / "thing-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr("thing.py", "")
        files.writestr(
            "thing-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1\n"
        )
        kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files.writestr("thing-1.dist-info/WHEEL", kind)
        files.writestr("thing-1.dist-info/RECORD", "")
    (folder / "requirements.txt").write_text(f"thing @ file://{wheel}  # a package\n")
    (folder / "requirements-serve.txt").write_text("-r requirements.txt\n")
    (folder / "requirements-dev.txt").write_text("-r requirements-serve.txt\n")


@pytest.mark.long
def test_installs_once_and_again_when_requirements_change(folder):
    first, second = install(folder), install(folder)
    (folder / "requirements-dev.txt").write_text("# changed\n")
    to_serve = install(folder, requirements="requirements-serve.txt")
    third = install(folder)

    assert (folder / ".venv/bin/python").exists()
    assert "installing into .venv" in first.stdout
    assert second.stdout == ""
    assert to_serve.stdout == ""  # what changed is for tests alone
    assert "installing into .venv" in third.stdout


@pytest.mark.long
def test_installs_here_whatever_pip_is_told(folder):
    require_wheel(folder)
    elsewhere = {"PIP_TARGET": "elsewhere", "PIP_PREFIX": "elsewhere", "PYTHONHOME": "/nowhere"}
    variables = elsewhere | {"PIP_USER": "1", "PIP_DRY_RUN": "1"}

    ended = install(folder, f"import os; os.environ.update({variables!r})")

    assert ended.returncode == 0, ended.stderr
    assert not (folder / "elsewhere").exists()
    subprocess.run([folder / ".venv/bin/python", "-c", "import thing"], check=True)


@pytest.mark.long
def test_what_is_installed_elsewhere_is_not_taken_for_installed(folder):
    require_wheel(folder)
    (folder / "pip.conf").write_text(f"[install]\ntarget = {folder / 'elsewhere'}\n")

    ended = install(folder, PIP_CONFIG_FILE=str(folder / "pip.conf"))

    assert ended.returncode == 1
    assert "pip installed into another folder" in ended.stderr
    assert not (folder / ".venv/installed").exists()


def test_a_missing_venv_module_is_one_sentence(folder):
    prelude = (
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'ensurepip' else real(name)"
    )

    ended = install(folder, prelude)

    assert ended.returncode == 1
    assert ended.stderr.startswith("itemsite: this Python has no venv module.")
    assert "apt install python3" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(folder):
    (folder / ".venv.lock").mkdir()

    ended = install(folder)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"itemsite: cannot write in {folder}: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.long
def test_what_pip_cannot_install_is_said(folder):
    (folder / "requirements-dev.txt").write_text("./nothing-here\n")

    ended = install(folder)

    assert ended.returncode == 1
    assert "pip could not install the requirements" in ended.stderr
    assert not (folder / ".venv/installed").exists()


@pytest.mark.parametrize("name", ['a "quote', "a $dollar", "a `tick", "a \\slash", "a\nline"])
def test_a_path_that_postgresql_cannot_live_below_is_one_sentence(tmp_path, name):
    (tmp_path / name / "bin").mkdir(parents=True)
    shutil.copy(PROJECT / "bin/install.py", tmp_path / name / "bin")

    ended = install(tmp_path / name)

    assert ended.returncode == 1
    assert "PostgreSQL cannot run in" in ended.stderr
    assert ended.stderr.count("\n") == 1
