"""Lines that show how far a long program is."""

import time

STARTED = time.monotonic()


def say(text: str) -> None:
    minutes, seconds = divmod(int(time.monotonic() - STARTED), 60)
    print(f"bench {minutes:02}:{seconds:02} {text}", flush=True)
