"""A copy of the project in a folder of its own, run as people run it: over processes and HTTP."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from itemsite.embedded.binaries import PROJECT

PARTS = ("itemsite", "items", "locale", "templates", "static", "manage.py", "gunicorn.conf.py")
PATIENCE_SECONDS = 150  # until something has certainly failed


class Clone:
    """The project in `folder`, with its own private PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy
            copy(PROJECT / part, folder / part)
        show = "from itemsite.embedded import cluster; print(cluster.{}())"
        self.home, self.socket_folder = (
            Path(self.python(show.format(name))) for name in ("home", "socket_folder")
        )

    def environment(self, **variables):
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONUNBUFFERED": "1"}
        return clean | variables

    def python(self, code, **variables):
        """Run some code in the clone and return what it prints."""
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env=self.environment(**variables),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()

    def manage(self, *arguments, **variables):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
        )

    def serve(self, **variables):
        return Server(
            [sys.executable, "-m", "itemsite.serving.serve"],
            self.folder,
            self.environment(**{"PORT": "0"} | variables),
        )

    def postmaster_pid(self):
        """Return PostgreSQL's process number, or None while it does not run."""
        try:
            return int((self.home / "data/postmaster.pid").read_text().split("\n", 1)[0])
        except FileNotFoundError:
            return None

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)


def cookie_name(kind, port):
    return f"itemsite_{kind}_{port}"


def cookies_of(port, **values):
    """Return the header Cookie of a browser with cookies of these kinds."""
    return "; ".join(f"{cookie_name(kind, port)}={value}" for kind, value in values.items())


class Server:
    """A server's process; `url` is where it answers."""

    def __init__(self, command, folder, environment):
        self.log = folder / f"server-{time.monotonic_ns()}.log"  # a pipe would fill and block it
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.host = environment.get("BIND", "127.0.0.1")
        self.port = None

    @property
    def output(self):
        """All that the server printed until now."""
        return self.log.read_text()

    def wait_for_address(self):
        def address():
            assert self.process.poll() is None, f"The server ended:\n{self.output}"
            return re.search(r"http://[\d.]+:(\d+)/", self.output)

        self.port = int(until(address)[1])
        return self

    def workers(self):
        """Return the process numbers of gunicorn's workers."""
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return [
            int(child)
            for child in children
            if b"supervisor" not in Path(f"/proc/{child}/cmdline").read_bytes()
        ]

    def stop(self):
        """Return the exit status after SIGTERM."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)

    def connection(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_SECONDS)

    def request(self, method, path, body=None, **headers):
        """Return status, headers and body (parsed, where it is JSON)."""
        connection = self.connection()
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers |= {"Content-Type": "application/json"}
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        if "json" in response.headers.get("Content-Type", ""):
            content = json.loads(content or "null")
        return response.status, response.headers, content

    def insist(self, method, path, body=None, **headers):
        """Ask again while the server is too busy (503, nothing saved), as a good client does."""
        return until(
            lambda: (answer := self.request(method, path, body, **headers))[0] != 503 and answer
        )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def until(condition):
    """Return what `condition` gives once it is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (result := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return result
