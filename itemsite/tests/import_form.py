"""The form of /items/import/, sent over HTTP as a browser sends it."""

import re

FORM = {"Content-Type": "multipart/form-data; boundary=end", "Accept": "text/html"}


def send_form(server, content):
    """Send a file; return the connection before its answer is read."""
    return _send(server, "/items/import/", {b'"file"; filename="list.csv"': content})


def send_cells(server, cells, **headers):
    return _send(server, "/items/import/", {b'"cells"': cells}, headers)


def send_click(server, address):
    return _send(server, address, {})


def _send(server, address, parts, headers=None):
    _, received, page = server.request("GET", "/items/import/", Accept="text/html")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(.*?)"', page)[1]
    body = b"".join(
        b"--end\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n" % part
        for part in {b'"csrfmiddlewaretoken"': token, **parts}.items()
    )
    cookie = {"Cookie": received["Set-Cookie"].split(";")[0]}
    connection = server.connection()
    connection.request("POST", address, body + b"--end--\r\n", FORM | cookie | (headers or {}))
    return connection


def next_address(connection):
    """Return where the answer leads: at once, or when the work is done."""
    response = connection.getresponse()
    page = response.read()
    found = re.search(rb'href="([^"]*)" data-next', page)
    return response.headers["Location"] or found[1].decode()
