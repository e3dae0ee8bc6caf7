"""What Django's test client cannot show: gunicorn, cut bodies, races."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest

from itemsite.tests.clone import cookies_of, until


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve().wait_for_address()
    yield server
    server.stop()


@pytest.fixture
def item(server):
    return server.request("POST", "/items/", {"name": "Book", "description": "old"})[2]


def count(server):
    return len(server.request("GET", "/items/?limit=1000")[2])


def send_raw(server, data):
    """Send bytes, close our side, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            answer = answers.readline()
    return int(answer.split()[1])


CUT = [
    pytest.param("POST", "/items/", "application/json", b'{"name": "cut"}', id="JSON"),
    pytest.param("PATCH", "/items/{id}/", "application/json", b'{"name": "cut"}', id="PATCH"),
    pytest.param(
        "POST", "/items/new/", "application/x-www-form-urlencoded", b"name=cut", id="form"
    ),
    pytest.param(
        "POST",
        "/items/new/",
        "multipart/form-data; boundary=zz",
        b'--zz\r\nContent-Disposition: form-data; name="name"\r\n\r\ncut\r\n',
        id="multipart",
    ),
]


@pytest.mark.parametrize(("method", "path", "content_type", "body"), CUT)
def test_a_cut_body_is_not_taken_for_the_whole(server, item, method, path, content_type, body):
    before = count(server)
    token = "t" * 32
    head = (
        f"{method} {path.format(id=item['id'])} HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: {cookies_of(server.port, csrf=token)}\r\nX-CSRFToken: {token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: 4000\r\n\r\n"
    )

    status = send_raw(server, head.encode() + body)

    assert status == 400
    assert count(server) == before
    assert server.request("GET", f"/items/{item['id']}/")[2] == item


def test_a_chunked_body_is_refused_and_not_read_as_empty(server):
    before = count(server)
    head = b"POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    body = b'{"name": "x"}'

    status = send_raw(
        server, head + b"Transfer-Encoding: chunked\r\n\r\nd\r\n" + body + b"\r\n0\r\n\r\n"
    )

    assert status == 411
    assert count(server) == before


def test_a_large_body_is_refused(server):
    body = json.dumps({"name": "x", "description": "d" * 2_700_000})

    status, _, problem = server.request("POST", "/items/", json.loads(body))

    assert (status, problem["status"]) == (413, 413)


@pytest.mark.parametrize("path", ["/items/", "/items/{id}/", "/nothing/"])
def test_head_is_get_without_its_body(server, item, path):
    path = path.format(id=item["id"])

    got = server.request("GET", path)
    head = server.request("HEAD", path)

    assert head[0] == got[0]
    assert head[1]["Content-Length"] == got[1]["Content-Length"]
    assert not head[2]
    assert "body bytes" not in server.output  # as gunicorn warns of those that it drops


def test_the_longest_link_fits_gunicorn(server):
    words = "\U0001f600" * 200
    server.request("POST", "/items/", [{"name": words}, {"name": words}])

    link = server.request("GET", f"/items/?sort=name&limit=1&q={quote(words)}")[1]["Link"]
    status, _, items = server.request("GET", re.search("<(/[^>]+)>", link)[1])

    assert (status, len(items)) == (200, 1)


def test_a_page_of_ticks_fits_gunicorn(server):
    ids = range(2**63 - 200, 2**63)
    ticks = "&".join(f"id={n}" for n in ids)

    status, _, page = server.request(
        "GET", f"/items/delete/?q={quote('😀' * 200)}&sort=changed&size=200&{ticks}"
    )

    assert status == 404
    assert b"already deleted" in page


def test_an_unknown_host_is_refused(server):
    status, _, problem = server.request("GET", "/items/", Host="evil.example")

    assert status == 400
    assert "ALLOWED_HOSTS" in problem["detail"]
    assert server.request("GET", "/items", Host="a_b c")[0] == 400


def at_once(calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result()[0] for done in [pool.submit(*call) for call in calls]]


def test_one_of_many_deletes_succeeds(server, item):
    statuses = at_once([(server.insist, "DELETE", f"/items/{item['id']}/")] * 12)

    assert sorted(statuses) == [204] + [410] * 11


def test_changes_of_different_fields_both_stay(server, item):
    path = f"/items/{item['id']}/"
    for n in range(20):
        name, description = {"name": f"name {n}"}, {"description": f"text {n}"}

        statuses = at_once(
            [(server.insist, "PATCH", path, name), (server.insist, "PATCH", path, description)]
        )

        found = server.request("GET", path)[2]
        assert statuses == [200, 200]
        assert (found["name"], found["description"]) == (f"name {n}", f"text {n}")


def test_a_change_that_meets_a_delete_brings_nothing_back(server):
    for n in range(20):
        path = f"/items/{server.request('POST', '/items/', {'name': f'{n}'})[2]['id']}/"

        patched, deleted = at_once(
            [
                (server.insist, "PATCH", path, {"name": "back"}),
                (server.insist, "DELETE", path),
            ]
        )

        assert patched in (200, 410)
        assert deleted == 204
        assert server.request("GET", path)[0] == 410


def test_a_hundred_equal_posts_make_one_item(server):
    before = count(server)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a-hundred-at-once"}

    def post_until_answered():
        while True:
            status, answered, item = server.insist("POST", "/items/", '{"name": "once"}', **headers)
            if status != 409:
                return status, item
            assert answered["Retry-After"]

    with ThreadPoolExecutor(20) as pool:
        answers = [done.result() for done in [pool.submit(post_until_answered) for _ in range(100)]]

    assert {status for status, _ in answers} == {201}
    assert len({item["id"] for _, item in answers}) == 1
    assert count(server) == before + 1


def test_a_connection_cut_after_the_commit_makes_no_second_item(server):
    before = count(server)
    body = b'{"name": "cut after commit"}'
    head = (
        "POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: cut\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + body)  # and hang up without reading the answer
    until(lambda: count(server) == before + 1)

    headers = {"Content-Type": "application/json", "Idempotency-Key": "cut"}
    status, answered, item = server.request("POST", "/items/", body, **headers)

    assert (status, item["name"]) == (201, "cut after commit")
    assert answered["Idempotency-Replayed"] == "true"
    assert count(server) == before + 1


def test_of_many_who_write_at_once_each_gets_its_own(clone, server):
    """A worker writes in one statement what comes at once; keys take connections meanwhile."""
    key = clone.manage("create_api_key", "many", "--user", "admin").stdout.strip()
    callers = [{}, {"Authorization": f"Bearer {key}"}]

    def write(number):
        name = f"own {number}"
        status, headers, item = server.request(
            "POST", "/items/", {"name": name}, **callers[number % 2]
        )
        return status == 201 and item["name"] == name, headers.get("Location")

    before = count(server)
    with ThreadPoolExecutor(32) as pool:
        written, locations = zip(*pool.map(write, range(320)), strict=True)
    assert all(written)
    assert len(set(locations)) == 320
    assert count(server) == before + 320


def test_who_wrote_sees_it_in_every_list_at_once(server):
    """Lists are kept by each worker; what another worker committed counts all the same."""

    def write_and_look(number):
        item = server.request("POST", "/items/", {"name": f"seen {number}"})[2]
        listed = server.request("GET", "/items/")[2]
        page = server.request("GET", "/items/?size=200", Accept="text/html")[2]
        return item in listed and f"/items/{item['id']}/".encode() in page

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_look, range(80)))


def test_six_writers_with_etags_never_overwrite_unseen(server, item):
    path = f"/items/{item['id']}/"

    def add_a_line(writer):
        while True:
            _, headers, seen = server.insist("GET", path)
            text = {"description": f"{seen['description']}\n{writer}"}
            status = server.insist("PATCH", path, text, **{"If-Match": headers["ETag"]})[0]
            if status != 412:
                return status

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(add_a_line, range(6)))

    lines = server.request("GET", path)[2]["description"].split("\n")
    assert statuses == [200] * 6
    assert sorted(lines) == sorted(["old", *map(str, range(6))])


def send_form(server, path, **fields):
    token = "t" * 32
    cookies = cookies_of(server.port, csrf=token)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    return server.insist(
        "POST", path, urlencode(fields | {"csrfmiddlewaretoken": token}), **headers
    )


def test_of_people_who_save_at_once_one_does_and_the_others_are_told(server, item):
    path = f"/items/{item['id']}/edit/"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: send_form(server, path, version=1, name=n), "abcd"))

    pages = [page.decode() for status, _, page in answers if status == 409]
    saved = server.request("GET", f"/items/{item['id']}/")[2]["name"]
    assert sorted(status for status, _, _ in answers) == [302, 409, 409, 409]
    assert all(f"<del>{saved}</del>" in page for page in pages)


def test_a_form_sent_many_times_at_once_makes_one_item(server):
    before = count(server)
    sends = [lambda: send_form(server, "/items/new/", name="clicked", key="of-one-form")] * 8

    with ThreadPoolExecutor(8) as pool:
        answers = [done.result() for done in [pool.submit(send) for send in sends]]

    assert {status for status, _, _ in answers} == {302}
    assert len({headers["Location"] for _, headers, _ in answers}) == 1
    assert count(server) == before + 1
