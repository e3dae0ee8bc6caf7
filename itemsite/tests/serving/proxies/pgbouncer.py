"""A real PgBouncer in transaction mode, set up as docs/deploy.md says."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from tempfile import NamedTemporaryFile

import psycopg

from itemsite.embedded.binaries import PROJECT, account
from itemsite.tests.clone import PATIENCE_SECONDS, free_port, until

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIGURATION = """
[databases]
itemsite = {server} user=itemsite pool_size={size}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
"""


class PgBouncer:
    """PgBouncer in front of `server`, to which it opens at most `size` connections."""

    def __init__(self, server, size):
        port = free_port()
        self.url = f"postgresql://itemsite@127.0.0.1:{port}/itemsite"
        self._file = NamedTemporaryFile("w", suffix=".ini")
        self._file.write(CONFIGURATION.format(server=server, size=size, port=port))
        self._file.flush()
        os.chmod(self._file.name, 0o644)
        self.start()

    def start(self):
        """Run it as PostgreSQL's account; it refuses root."""
        as_account = {"user": account().pw_uid, "extra_groups": []} if os.getuid() == 0 else {}
        self._process = subprocess.Popen([PGBOUNCER, "-q", self._file.name], **as_account)
        until(self._answers)

    def _answers(self):
        assert self._process.poll() is None
        with suppress(psycopg.OperationalError), psycopg.connect(self.url):
            return True
        return False

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
        self._file.close()


def documented():
    """Return what docs/deploy.md tells PostgreSQL about the role."""
    return re.findall(r"ALTER ROLE itemsite SET .*?;", (PROJECT / "docs/deploy.md").read_text())
