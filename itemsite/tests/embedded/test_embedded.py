"""The private PostgreSQL: who starts it, who stops it, what it survives."""

import os
import subprocess
import sys

import pytest

from itemsite.tests.clone import Clone

pytestmark = pytest.mark.long

START = "from itemsite.embedded import cluster; cluster.start()"
FAILS = "from itemsite.serving import startup; startup.start_postgres()"
HOLD = f"{START}; print('up', flush=True); input()"


def hold(clone):
    """Start a process that uses the server until it is let go."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=clone.folder,
        env=clone.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "up\n"
    return process


def test_the_last_one_out_stops_it(clone):
    one, two = hold(clone), hold(clone)
    pid = clone.postmaster_pid()

    one.communicate("\n")
    between = clone.postmaster_pid()
    two.communicate("\n")

    assert between == pid
    assert clone.postmaster_pid() is None


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGHUP"])
def test_a_terminated_user_stops_it_too(clone, signal_name):
    user = hold(clone)

    user.send_signal(getattr(__import__("signal"), signal_name))
    user.communicate()

    assert clone.postmaster_pid() is None


def test_a_killed_user_leaves_nothing_that_lasts(clone):
    killed = hold(clone)
    killed.kill()
    killed.communicate()
    other = hold(clone)

    other.communicate("\n")

    assert clone.postmaster_pid() is None


def test_a_forked_child_does_not_stop_it(clone):
    child = "import os, sys; os.fork() or sys.exit(); os.wait()"
    check = "cluster.connect_as_superuser().close(); print('still up')"

    assert clone.python(f"{START}; {child}; {check}") == "still up"


def test_a_command_starts_and_stops_it_too(clone):
    said = clone.manage("check", "--database", "default")

    assert (said.returncode, said.stderr) == (0, "")
    assert "no issues" in said.stdout
    assert clone.postmaster_pid() is None


def test_it_is_a_real_one(clone):
    sql = """
        SELECT current_setting('fsync'), current_setting('data_checksums'),
               current_setting('listen_addresses'), lower('ÄÉ'), pg_encoding_to_char(encoding)
        FROM pg_database WHERE datname = 'itemsite'
    """
    query = f"print(*cluster.connect_as_superuser().execute('''{sql}''').fetchone())"

    assert clone.python(f"{START}; {query}") == "on on  äé UTF8"


def test_the_application_is_no_superuser(clone):
    connect = "import psycopg; d = cluster.database(); c = psycopg.connect(host=d['HOST'], "
    connect += "user=d['USER'], dbname=d['NAME'])"
    query = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"

    assert clone.python(f"{START}; {connect}; print(*c.execute('{query}').fetchone())") == (
        "False True False"
    )


def test_another_programs_number_in_the_pid_file(clone):
    """After a power cut, for example, another program can have the number."""
    clone.python(START)
    pid_file = clone.home / "data/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{clone.home}/data\n0\n5432\n\n\n\n")
    give = "from pathlib import Path; from itemsite.embedded.binaries import give_to_account"

    assert (
        clone.python(f"{give}; give_to_account(Path({str(pid_file)!r})); {START}; print('up')")
        == "up"
    )


def test_a_killed_initdb_is_begun_anew(tmp_path):
    clone = Clone(tmp_path)
    (clone.home / "new-1").mkdir(parents=True)
    (clone.home / "new-1/PG_VERSION").write_text("18\n")

    assert clone.python(f"{START}; print('up')") == "up"
    assert not list(clone.home.glob("new-*"))
    clone.remove()


def test_an_initdb_that_lives_on_after_its_start_was_killed(tmp_path):
    clone = Clone(tmp_path)
    writes = """
import itertools, os, sys
parent = os.getppid()
for number in itertools.takewhile(lambda _: os.getppid() == parent, itertools.count()):
    os.makedirs(sys.argv[1], exist_ok=True)
    open(f"{sys.argv[1]}/{number % 100}", "w").close()
"""
    with subprocess.Popen([sys.executable, "-c", writes, clone.home / "new-1"]) as initdb:
        try:
            started = clone.python(f"{START}; print('up')")
        finally:
            initdb.kill()

    assert started == "up"
    clone.remove()


def fails(clone, **variables):
    ended = subprocess.run(
        [sys.executable, "-c", FAILS],
        cwd=clone.folder,
        env=clone.environment(**variables),
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_data_of_another_major_version_is_left_alone(clone):
    clone.python(START)
    version = clone.home / "data/PG_VERSION"
    was = version.read_text()
    version.write_text("14\n")

    said = fails(clone)
    version.unlink()
    incomplete = fails(clone)
    version.write_text(was)

    assert "was created by PostgreSQL 14" in said
    assert "pg_dump" in said
    assert f"{clone.home}/data is no complete data directory" in incomplete


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    clone = Clone(tmp_path)
    clone.home.parent.mkdir(parents=True, exist_ok=True)
    clone.home.write_text("a file where the folder should be")

    said = fails(clone)
    clone.home.unlink()

    assert said.startswith(f"itemsite: {clone.home}: ")
    assert said.count("\n") == 1
