"""What the site tells of its requests, to a log and to Prometheus, through gunicorn."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import psycopg
import pytest

from itemsite.tests.clone import cookies_of, until

TOKEN = "a-token-of-the-tests-24"


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve(
        REQUEST_LOG="1", METRICS_TOKEN=TOKEN, SLOW_QUERY_MS="1", WEB_CONCURRENCY="2"
    ).wait_for_address()
    yield server
    server.stop()


def logged(server, **wanted):
    """Return the lines of JSON in the log that have these values, when there is one."""

    def lines():
        found = [json.loads(line) for line in server.output.splitlines() if line[:1] == "{"]
        return [line for line in found if wanted.items() <= line.items()]

    return until(lines)


def metrics(server, token=TOKEN):
    return server.request("GET", "/metrics", Authorization=f"Bearer {token}")


def test_a_request_is_a_line_of_json_without_what_was_looked_for(server):
    _, headers, _ = server.request("GET", "/items/?q=very+secret")

    (line,) = logged(server, id=headers["X-Request-Id"])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/items/", 200)
    assert (line["who"], line["ip"]) == (None, "127.0.0.1")
    assert line["ms"] >= line["sql_ms"] > 0
    assert "secret" not in server.output


def test_the_line_names_the_key_and_never_tells_it(server, clone):
    key = clone.manage("create_api_key", "nightly", "--user", "admin").stdout.split()[-1]
    _, headers, _ = server.request("GET", "/items/", Authorization=f"Bearer {key}")

    (line,) = logged(server, id=headers["X-Request-Id"])
    assert line["who"] == "key nightly of admin"
    assert key not in server.output


def test_the_line_names_the_account(server):
    login, token = "/accounts/login/", "t" * 32
    password = re.search(r"password (\S+)", server.output)[1]
    form = {"csrfmiddlewaretoken": token, "username": "admin", "password": password}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    cookies = cookies_of(server.port, csrf=token)
    _, headers, _ = server.request("POST", login, urlencode(form), **headers, Cookie=cookies)
    session = "; ".join(cookie.split(";")[0] for cookie in headers.get_all("Set-Cookie"))
    _, headers, _ = server.request("GET", "/accounts/", Accept="text/html", Cookie=session)

    (line,) = logged(server, id=headers["X-Request-Id"])
    assert (line["status"], line["who"]) == (200, "admin")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/accounts/link/MQ/abc123-secret/"),
        ("GET", "/accounts/link/MQ/abc123-secret"),
        ("GET", "/accounts/link/MQ/abc123-secret/x/"),
        ("DELETE", "/accounts/link/MQ/abc123-secret/"),
    ],
)
def test_the_token_of_a_link_is_not_logged(server, method, path):
    _, headers, _ = server.request(method, path, Accept="text/html")

    (line,) = logged(server, id=headers["X-Request-Id"])
    assert line["path"] == "/accounts/link/..."
    assert "abc123" not in server.output


def test_prometheus_gets_the_sums_of_all_workers(server):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: server.request("GET", "/docs/", Accept="text/html"), range(40)))

    status, headers, page = metrics(server)

    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    assert b'itemsite_requests_total{method="GET",route="docs/",status="200"} 40.0' in page
    assert b'itemsite_request_seconds_bucket{le="10.0",route="docs/"} 40.0' in page
    assert re.search(rb'itemsite_pool\{state="size"\} [1-9]', page)


def test_nobody_else_gets_them(server):
    assert metrics(server, "wrong")[0] == 401
    assert server.request("GET", "/metrics")[0] == 401


def test_a_slow_statement_is_logged_with_its_plan_and_without_values(server, clone):
    with psycopg.connect(host=str(clone.socket_folder), user="itemsite", dbname="itemsite") as rows:
        rows.execute(
            "INSERT INTO items_item (name) SELECT 'Item ' || n FROM generate_series(1, 20000) AS n"
        )
    server.request("GET", "/items/?q=hidden", Prefer="count=exact")

    until(lambda: "Slow statement" in server.output)
    assert re.search(r"cost=\d", server.output)
    assert "hidden" not in server.output
