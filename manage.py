#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it starts this machine's private PostgreSQL."""

import os
import sys
from contextlib import nullcontext
from io import TextIOWrapper

from django.core.management import execute_from_command_line

from itemsite.operations.doctor import report
from itemsite.serving import startup

WITHOUT_DATABASE = {"help", "version", "--help", "--version", "collectstatic", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    host = _host(sys.argv[2:])
    if command == "runserver" and host in startup.LOOPBACK:
        os.environ.setdefault("DEBUG", "1")
    if command == "runserver":
        os.environ["PORT"] = _port(sys.argv[2:])  # a part of the cookies' names
    elif command != "doctor":  # it asks as the site does
        os.environ.setdefault("STATEMENT_TIMEOUT_SECONDS", "0")  # a command may take its time
    if command == "runserver" or not startup.has_database_url():
        startup.use_local_defaults(host)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            sys.exit("itemsite: the standard output or error is closed. Nothing was done.")
        stream.reconfigure(errors="backslashreplace")  # file names can be no UTF-8
    with report.explained(sys.argv) if command == "doctor" else nullcontext():
        startup.read_settings()
        if command not in WITHOUT_DATABASE and not startup.has_database_url():
            startup.start_postgres()
    execute_from_command_line(sys.argv)


def _host(arguments: list[str]) -> str:
    """Return where runserver will listen: its argument is [[HOST:]PORT]."""
    for argument in arguments:
        if ":" in argument and not argument.startswith("-"):
            return argument.rpartition(":")[0].strip("[]") or "127.0.0.1"
    return "127.0.0.1"


def _port(arguments: list[str]) -> str:
    ports = [argument.rpartition(":")[2] for argument in arguments]
    return next(filter(str.isdecimal, ports), "8000")


if __name__ == "__main__":
    main()
