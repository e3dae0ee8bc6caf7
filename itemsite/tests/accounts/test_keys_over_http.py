"""API keys from the command line to gunicorn, with the most talkative log."""

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve(VISITORS_MAY="", LOG_LEVEL="DEBUG").wait_for_address()
    yield server
    server.stop()


def make_key(clone, name, *options):
    made = clone.manage("create_api_key", name, "--user", "admin", *options)
    made.check_returncode()
    return made.stdout.removesuffix("\n")


def test_a_script_works_with_its_key(clone, server):
    secret = make_key(clone, "writer", "--expires", "30d")

    made = server.request("POST", "/items/", {"name": "Book"}, Authorization=f"Bearer {secret}")
    listed = server.request("GET", "/items/", Authorization=f"Bearer {secret}")

    assert made[0] == 201
    assert listed[2] == [made[2]]
    assert secret not in server.output


def test_a_read_only_key_only_reads(clone, server):
    bearer = {"Authorization": f"Bearer {make_key(clone, 'reader', '--read-only')}"}

    assert server.request("GET", "/items/", **bearer)[0] == 200
    assert server.request("POST", "/items/", {"name": "Book"}, **bearer)[0] == 403


@pytest.mark.parametrize("header", ["Bearer", "Bearer \xff\xfe", "Bearer x y"])
def test_anything_else_is_refused(server, header):
    status, headers, problem = server.request("GET", "/items/", Authorization=header)

    assert (status, problem["status"]) == (401, 401)
    assert headers["WWW-Authenticate"] == 'Bearer realm="itemsite", error="invalid_token"'


def test_many_requests_at_once_share_a_key(clone, server):
    bearer = {"Authorization": f"Bearer {make_key(clone, 'busy')}"}

    with ThreadPoolExecutor(12) as pool:
        answers = pool.map(lambda _: server.insist("GET", "/items/", **bearer), range(48))

    assert {status for status, _, _ in answers} == {200}
