"""Start the private PostgreSQL again after it died: killed, or stopped by a full disk.

It is a process of its own, which ends with gunicorn; keeper.py starts it, and again if it ended.
"""

import os
import signal
import time
from contextlib import suppress

from itemsite.embedded import cluster
from itemsite.embedded.binaries import EmbeddedPostgresError

CHECK_SECONDS = 1
REPORT_SECONDS = 30  # between two reports of the same trouble


def main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):  # gunicorn gets them too, and decides
        signal.signal(number, signal.SIG_IGN)
    gunicorn = os.getppid()
    with suppress(EmbeddedPostgresError):  # the loop reports what does not pass
        cluster.start()
    next_report = 0.0  # time.monotonic()
    while os.getppid() == gunicorn:
        time.sleep(CHECK_SECONDS)
        try:
            if cluster.restart_if_dead():
                print("itemsite: PostgreSQL had ended. It was started again.", flush=True)
        except (EmbeddedPostgresError, OSError) as error:
            if time.monotonic() >= next_report:
                print(f"itemsite: PostgreSQL has ended and does not start: {error}", flush=True)
                next_report = time.monotonic() + REPORT_SECONDS


if __name__ == "__main__":
    main()
