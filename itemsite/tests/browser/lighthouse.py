"""Let Lighthouse judge every public page as on a phone, and the list at a desk: all must be 100.

`python -m itemsite.tests.browser.lighthouse`; it takes Node.js 22.19 and `npm ci` in .ci/. The
server is that of bin/serve, on a copy of the project with 1,000 items. Performance depends on what
else the machine does, so a page is tried up to three times and its best try counts.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.browser.chromium import WITH_WINDOWS, find_chromium
from itemsite.tests.clone import Clone
from itemsite.tests.import_form import next_address, send_form

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = (
    "/items/",
    "/items/?q=item",
    "/items/1/",
    "/items/new/",
    "/items/import/",
    "/docs/",
    "/accounts/login/",
)
TRIES = 3
Judge = Callable[[str, str], dict]
ITEMS = [
    {"name": f"Item {number}", "description": f"Number {number} of a thousand"}
    for number in range(1, 1001)
]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        clone = Clone(Path(folder))
        server = clone.serve().wait_for_address()
        try:
            server.request("POST", "/items/", ITEMS)
            with closing(send_form(server, b"name\nLamp\nItem 1\nitem 1\n")) as connection:
                preview = next_address(connection)
            origin = f"http://127.0.0.1:{server.port}"
            print("\t".join(["", *CATEGORIES]), flush=True)
            with lighthouse() as judge:
                verdicts = [is_perfect(judge, origin, page, "phone") for page in (*PAGES, preview)]
                verdicts.append(is_perfect(judge, origin, PAGES[0], "desk"))  # the easier one
        finally:
            server.stop()
            clone.remove()
    return 0 if all(verdicts) else 1


@contextmanager
def lighthouse() -> Iterator[Judge]:
    """Give a function that returns the report on a URL, as on a phone or at a desk.

    The report is empty where Lighthouse itself failed, as it then says. It is loaded once, which
    takes longer than judging a page.
    """
    command = ["node", PROJECT / ".ci/lighthouse.mjs", find_chromium(WITH_WINDOWS), *CATEGORIES]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:

        def judge(url: str, form: str) -> dict:
            print(json.dumps({"url": url, "form": form}), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline() or "{}")

        yield judge


def is_perfect(judge: Judge, origin: str, page: str, form: str) -> bool:
    """Print the best scores of a page, and what keeps the page from 100."""
    best: dict = {}
    for _ in range(TRIES):
        report = judge(f"{origin}{page}", form)
        if sum(scores(report)) >= sum(scores(best)):
            best = report
        if min(scores(best)) == 100:
            break
    print("\t".join([f"{page} ({form})", *map(str, scores(best))]), flush=True)
    for audit in failed_audits(best):
        print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}", flush=True)
    return min(scores(best)) == 100


def scores(report: dict) -> list[int]:
    """Return the scores in the order of CATEGORIES; a category that failed has none, which is 0."""
    found = report.get("categories", {})
    return [round(100 * (found.get(name, {}).get("score") or 0)) for name in CATEGORIES]


def failed_audits(report: dict) -> list[dict]:
    weights = {
        audit["id"]: audit["weight"]
        for category in report.get("categories", {}).values()
        if category["score"] != 1
        for audit in category["auditRefs"]
    }
    audits = [report["audits"][name] for name, weight in weights.items() if weight]
    return [audit for audit in audits if audit["score"] is not None and audit["score"] < 0.9]


if __name__ == "__main__":
    sys.exit(main())
