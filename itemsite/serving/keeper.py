"""Keep the supervisor of the private PostgreSQL running, from gunicorn's main process."""

import signal
import subprocess
import sys

SECONDS_BETWEEN = 1  # the end of a supervisor and the next one, whatever ends them


class Keeper:
    def __init__(self, gunicorn) -> None:
        self.gunicorn = gunicorn
        self.supervisor = _start()
        signal.signal(signal.SIGCHLD, self._child_ended)
        signal.signal(signal.SIGALRM, self._start_again)

    def stop(self) -> None:
        """End the supervisor, which would otherwise start PostgreSQL again."""
        self.supervisor.terminate()
        self.supervisor.wait()

    def _child_ended(self, number: int, frame: object) -> None:
        if self.supervisor.poll() is not None:
            signal.alarm(SECONDS_BETWEEN)
        self.gunicorn.signal_chld(number, frame)

    def _start_again(self, number: int, frame: object) -> None:
        if self.gunicorn.LISTENERS:  # it closes them first when it stops
            self.supervisor = _start()


def _start() -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "itemsite.serving.supervisor"])
