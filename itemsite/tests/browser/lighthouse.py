"""Let Lighthouse judge every public page as on a phone, and the list at a desk: all must be 100.

`python -m itemsite.tests.browser.lighthouse`; it takes Node.js 22.19 and `npm ci` in .ci/. The
server is that of bin/serve, on a copy of the project with 1,000 items. Performance depends on what
else the machine does, so a page is tried up to three times and its best try counts.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.browser.chromium import find_chromium
from itemsite.tests.clone import Clone

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = ("/items/", "/items/?q=item", "/items/1/", "/items/new/", "/docs/", "/accounts/login/")
FORMS = {"phone": [], "desk": ["--preset=desktop"]}
TRIES = 3
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
            origin = f"http://127.0.0.1:{server.port}"
            print("\t".join(["", *CATEGORIES]), flush=True)
            verdicts = [is_perfect(origin, page, "phone") for page in PAGES]
            verdicts.append(is_perfect(origin, PAGES[0], "desk"))  # which is the easier one
        finally:
            server.stop()
            clone.remove()
    return 0 if all(verdicts) else 1


def is_perfect(origin: str, page: str, form: str) -> bool:
    """Print the best scores of a page, and what keeps the page from 100."""
    best: dict = {}
    for _ in range(TRIES):
        report = judge(f"{origin}{page}", FORMS[form])
        if sum(scores(report)) >= sum(scores(best)):
            best = report
        if min(scores(best)) == 100:
            break
    print("\t".join([f"{page} ({form})", *map(str, scores(best))]), flush=True)
    for audit in failed_audits(best):
        print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}", flush=True)
    return min(scores(best)) == 100


def judge(url: str, options: list[str]) -> dict:
    """Return the report, or an empty one where Lighthouse itself failed, as it then says."""
    command = [PROJECT / ".ci/node_modules/.bin/lighthouse", url, *options]
    command += ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--chrome-path={find_chromium()}", "--chrome-flags=--headless=new --no-sandbox"]
    run = subprocess.run(command, stdout=subprocess.PIPE)
    return json.loads(run.stdout) if run.returncode == 0 else {}


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
