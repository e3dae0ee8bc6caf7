"""Many people sign in at once: gunicorn answers everybody else meanwhile."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from urllib.parse import urlencode

import pytest

from itemsite.passwords import WAITING_MAX


@pytest.fixture
def server(clone):
    server = clone.serve(WEB_CONCURRENCY="1").wait_for_address()
    yield server
    server.stop()


def test_many_sign_ins_block_nobody_else(server):
    _, headers, page = server.request("GET", "/accounts/login/", Accept="text/html")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)[1].decode()
    cookies = headers["Set-Cookie"].split(";")[0]

    def sign_in(number):
        form = {"csrfmiddlewaretoken": token, "username": f"user{number}", "password": "wrong"}
        return server.request(
            "POST",
            "/accounts/login/",
            urlencode(form),
            **{"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies},
            Accept="text/html",
        )

    with ThreadPoolExecutor(4 * WAITING_MAX) as people:
        sign_ins = [people.submit(sign_in, number) for number in range(4 * WAITING_MAX)]
        others, done = [], 0
        while done < len(sign_ins):
            others.append([server.request("GET", path)[0] for path in ("/healthz", "/items/")])
            done = len(wait(sign_ins, timeout=0).done)
    answers = [sign_in.result() for sign_in in sign_ins]

    refused = [headers for status, headers, _ in answers if status == 503]
    assert {status for status, _, _ in answers} == {422, 503}
    assert len(answers) - len(refused) >= WAITING_MAX
    assert all(headers["Retry-After"] for headers in refused)
    assert others.count([200, 200]) == len(others) > WAITING_MAX
