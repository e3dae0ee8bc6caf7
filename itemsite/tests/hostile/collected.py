"""Sends the hostile requests of cases.json to a running site, and says what was wrong of each.

A case has the parts of a request, or `raw_b64`, or `steps` with a `check`; who asks (`auth`: a key,
`rw` or `ro`, `session:NAME`, a `cookie:NAME` alone, `csrf-only`); and what must be true of the
answer (`expect_status`, `expect_rows_delta` and so on) or never (`must_not`). {ID} in a text stands
for an item that was made for the case, {MISSING} for one that there is not.
"""

import base64
import json
import re
import uuid
from pathlib import Path
from threading import Thread

from itemsite.tests.clone import cookies_of

CASES = json.loads(Path(__file__).with_name("cases.json").read_text())
SLOW_SECONDS = 5


def faults(site, case):
    """Return what is wrong with the answers to a case, in words."""
    unique = uuid.uuid4().hex[:10]
    pk = site.add_item(f"sentinel {unique}")
    texts = {
        "ID": str(pk),
        "MISSING": str(pk + 10_000_000),
        "HOST": site.host,
        "UNIQ": unique,
        "RW": site.keys["rw"],
        "RO": site.keys["ro"],
        "RW8": site.keys["rw"][:8],
        "RWUP": site.keys["rw"].swapcase(),
        "RWB64": base64.b64encode(f"admin:{site.keys['rw']}".encode()).decode(),
        "VIEWER": "viewer",
        "VIEWERPW": site.people["viewer"],
    }
    if "steps" in case:
        return sorted(set(_faults_of_steps(site, case, texts, pk)))
    before, digest = site.count(), site.digest(pk)
    answer = site.send(
        _written(site, case, texts),
        method="HEAD" if case["method"] == "HEAD" else "GET",
        half_close=case.get("half_close", False),
    )
    found = [*_faults_of_answer(case, answer), *_faults_of_page(site, case, answer, unique)]
    moved = site.count() - before
    if moved != case.get("expect_rows_delta", moved):
        found.append(f"{moved:+d} items, not {case['expect_rows_delta']:+d}")
    if "existing row changed" in case["must_not"] and site.digest(pk) != digest:
        found.append("an item changed")
    return found


def _written(site, case, texts):
    """Return the bytes of a request."""
    if "raw_b64" in case:
        raw = base64.b64decode(case["raw_b64"]).decode("latin-1")
        if "{COOKIES}" in raw:
            session, csrf = site.session("admin")
            cookies = cookies_of(site.port, session=session, csrf=csrf)
            texts = texts | {"COOKIES": cookies, "CSRF": csrf}
        return _filled(raw, texts).encode("latin-1")
    headers, auth = dict(case["headers"]), case.get("auth", "none")
    more_cookies = headers.pop("Cookie+", "")
    if auth in site.keys:
        headers.setdefault("Authorization", f"Bearer {site.keys[auth]}")
    elif auth.startswith(("session:", "cookie:")):
        session, csrf = site.session(auth.partition(":")[2])
        headers["Cookie"] = cookies_of(site.port, session=session, csrf=csrf)
        texts = texts | {"CSRF": csrf}
    elif auth == "csrf-only":
        cookie, token = site.csrf()
        of_ours = cookies_of(site.port, csrf=cookie)
        headers["Cookie"] = "; ".join(filter(None, [of_ours, more_cookies]))
        texts = texts | {"CSRF": token}
    body = None
    if "body" in case:
        body = _filled(case["body"], texts).encode()
    elif "body_b64" in case:
        body = base64.b64decode(case["body_b64"])
    elif "body_repeat" in case:
        start, middle, times, end = case["body_repeat"]
        body = (_filled(start, texts) + middle * times + end).encode()
    headers = {name: _filled(value, texts) for name, value in headers.items()}
    return site.request(case["method"], _filled(case["path"], texts), headers, body)


def _filled(text, texts):
    for name, value in texts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _faults_of_answer(case, answer):
    if answer.status is None:
        if not case.get("close_ok") or answer.error == "hangs":
            yield f"no answer: {answer.error}"
    elif answer.status not in case["expect_status"]:
        yield f"status {answer.status}"
    if b"Traceback" in answer.body or b"DJANGO_SETTINGS" in answer.body:
        yield "a traceback"
    if answer.seconds > SLOW_SECONDS:
        yield f"slow: {answer.seconds:.1f} s"
    if len(answer.body) > case.get("max_body", len(answer.body)):
        yield f"a long body: {len(answer.body)}"
    if any(value.startswith("x=1") for value in answer.all("Set-Cookie")):
        yield "a header was injected"
    if case.get("no_body") and answer.body:
        yield "HEAD has a body"
    for name in case.get("expect_headers", []):
        if answer.status in case["expect_status"] and not answer.all(name):
            yield f"no header {name}"
    for name in case.get("headers_must_not", []):
        if answer.all(name):
            yield f"a header {name}"


def _faults_of_page(site, case, answer, unique):
    text, document = answer.body.decode("utf-8", "replace"), answer.json
    location = "".join(answer.all("Location")[:1])
    leaves = rf"(?:https?:)?[/\\]{{2,}}(?!{re.escape(site.host)})|javascript:|https:evil"
    if re.match(leaves, location, re.IGNORECASE):
        yield f"leads away: {location[:60]}"
    secrets = [case.get("body_must_not_contain"), case.get("html_must_not_contain")]
    for secret in filter(None, [*secrets, *case.get("body_must_not_contain_any", [])]):
        if secret in text:
            yield f"contains {secret}"
    is_error = answer.status and answer.status >= 400
    wants_problem = case.get("json_error") or (case["group"].startswith("json") and is_error)
    if wants_problem and not isinstance(document, dict):
        yield "the error is not a JSON object"
    if answer.status and answer.status < 300 and isinstance(document, dict):
        wanted = case.get("expect_json_any") or [case.get("expect_json", {})]
        if not any(one.items() <= document.items() for one in wanted):
            yield f"other JSON: {document}"
        if secret := case.get("then_html_must_not_contain"):
            pages = ("/items/{}/", "/items/{}/edit/", "/items/{}/delete/", f"/items/?q={unique}")
            for path in (*pages, "/admin/items/item/{}/change/"):
                if secret in site.as_person(path.format(document["id"])).body.decode():
                    yield f"not escaped in {path}"


def _faults_of_steps(site, case, texts, pk):
    check, before, answers = case["check"], site.count(), []
    for step in case["steps"]:
        rounds, others = step.get("repeat", 1), step.get("mix", [])
        if step.get("form_nonce"):
            step = step | {"body": step["body"] + _hidden_fields(site)}
        for _ in range(rounds):
            if others:  # each round has an item of its own
                pk, before = site.add_item("s"), before + 1
                texts["ID"] = str(pk)
            sent = _at_once(site, [step] * step.get("parallel", 1) + others, texts)
            for part, answer in sent:
                if answer.status not in part["expect_status"]:
                    yield f"{part['method']}: {answer.status or answer.error}"
                if "save_etag" in part:
                    texts[part["save_etag"]] = answer.all("ETag")[0]
            answers += [answer for _, answer in sent]
            if "row" in check and site.item(pk) != tuple(check["row"].values()):
                yield f"the item is {site.item(pk)}"
    if site.count() - before != check["rows_delta"]:
        yield f"{site.count() - before:+d} items, not {check['rows_delta']:+d}"
    if check.get("same_body") and len({answer.body for answer in answers}) != 1:
        yield "other bodies"
    if "row_name" in check and site.item(pk)[0] != check["row_name"]:
        yield f"the item is {site.item(pk)}"
    successes = sum(1 for answer in answers if answer.status and answer.status < 300)
    if successes != check.get("exactly_success", successes):
        yield f"{successes} successes"


def _hidden_fields(site):
    """Return the hidden fields of the form for a new item, but for its CSRF token."""
    page = site.as_person("/items/new/").body.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return "".join(f"&{name}={value}" for name, value in fields if name != "csrfmiddlewaretoken")


def _at_once(site, parts, texts):
    """Send requests at the same time; return each with its answer."""
    sent = []

    def send(part):
        sent.append((part, site.send(_written(site, part, texts))))

    threads = [Thread(target=send, args=[part]) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent
