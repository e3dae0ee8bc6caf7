"""The results of commands, written after the database has changed."""

import os
import sys
from contextlib import suppress

from django.core.management.base import BaseCommand, OutputWrapper


def try_to_write(stream: OutputWrapper, text: str) -> OSError | None:
    """Write a line; return the error if the disk is full or nobody reads.

    Then the stream is closed: Python would fail once more when it flushes at its end.
    """
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


def report(command: BaseCommand, text: str) -> None:
    """Write what was done, to stderr if the output fails: the exit status says that it is done."""
    if failure := try_to_write(command.stdout, command.style.SUCCESS(text)):
        tell(f"{text} This could not be written to the output: {failure.strerror}.")


def tell(text: str) -> None:
    """Write a line to stderr, if that works."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)
