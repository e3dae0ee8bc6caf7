"""A real nginx with the shipped proxy.conf, of which only the addresses are replaced."""

import os
import shutil
import socket
import subprocess
from contextlib import suppress

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.clone import PATIENCE_SECONDS, Server, free_port, until

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
AROUND = """
pid nginx.pid; error_log error.log; daemon off; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path answers;
    fastcgi_temp_path f; scgi_temp_path s; uwsgi_temp_path u;
    include site.conf;
}}
"""


class Nginx(Server):
    """nginx in front of a server, in `folder`."""

    def __init__(self, folder, server):
        self.port = free_port()
        shipped = (PROJECT / "proxy.conf").read_text()
        for before, after in (
            ("listen 8080;", f"listen 127.0.0.1:{self.port};"),
            ("resolver 127.0.0.11 valid=5s;", ""),
            ("http://web:8000", f"http://127.0.0.1:{server.port}"),
        ):
            assert shipped.count(before) == 1
            shipped = shipped.replace(before, after)
        user = "user root;" if os.geteuid() == 0 else ""  # others cannot write into the folder
        (folder / "site.conf").write_text(shipped)
        (folder / "nginx.conf").write_text(AROUND.format(user=user))
        self.host = "127.0.0.1"
        self.process = subprocess.Popen(
            [NGINX, "-p", folder, "-c", "nginx.conf", "-e", "error.log"]
        )
        until(self._listens)

    def _listens(self):
        assert self.process.poll() is None
        with suppress(ConnectionRefusedError):
            socket.create_connection((self.host, self.port), PATIENCE_SECONDS).close()
            return True
        return False
