"""bench/FAULTS.md: the last outcome of each experiment."""

import datetime
import json
import platform
from collections.abc import Sequence
from pathlib import Path

from bench.faults.outcome import Experiment, Figures
from bench.report import listing, table
from bench.setup import machine
from bench.setup.servers import LOGS
from itemsite.embedded import binaries

PAGE = Path(__file__).parents[1] / "FAULTS.md"
KEPT = LOGS / "faults.json"  # so that --only replaces a row and leaves the others
Outcomes = dict[str, Figures | str]
COUNTS = ("acknowledged", "lost", "doubled", "other", "busy", "cut")
SECONDS = ("write", "read", "recovery")
HEAD = (
    "fault | name | >acknowledged | >lost | >doubled | >other answers | >503, 409, 429 | >cut off"
    " | >worst write, s | >worst read, s | >recovery, s | figure and limit | verdict"
)


def verdict(experiment: Experiment, figures: Figures | str) -> str:
    if isinstance(figures, str):
        return figures.partition("\n")[0]
    missed = ", ".join(experiment.missed(figures))
    if experiment.control:
        return f"fails: {missed}" if missed else "**DOES NOT FAIL**"
    return f"**FAIL**: {missed}" if missed else "pass"


def line(experiment: Experiment, figures: Figures | str) -> str:
    told = "" if isinstance(figures, str) else ", ".join(f"{k} {v:.3g}" for k, v in figures.items())
    return f"{experiment.name}: {verdict(experiment, figures)} ({told})"


def keep(experiment: Experiment, figures: Figures | str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(kept() | {experiment.key: figures}, indent=1))


def kept() -> Outcomes:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def write(experiments: Sequence[Experiment], load_average: float) -> None:
    found = kept()
    told = [(each, found.get(each.key, "not run yet")) for each in experiments]
    rows = [_row(*each) for each in told if not each[0].control]
    controls = [
        [each.name, f"{each.control}{each.note and f' ({each.note})'}", verdict(each, figures)]
        for each, figures in told
        if each.control
    ]
    PAGE.write_text(
        f"""\
# Faults

Written by `python -m bench.faults` on {datetime.date.today()}.

Each fault meets a site under a steady load of writes and reads. Each write has a name of its own
and an `Idempotency-Key`, and is sent again until it is acknowledged. Afterwards the table is
compared with what was acknowledged. "Lost" and "doubled" must be 0 everywhere, and so must "other
answers": all but 2xx, 503, 409 and 429. "Cut off" are connections that ended without an answer.
"Worst" is the longest wait for a single answer. "Recovery" is the time from the end of the fault
to the first success of a write. "Figure and limit" is what the fault is judged by beside those:
seconds, numbers or percent.

{table(HEAD, rows)}

## Controls

The same faults without something that protects the site. Each of these must fail: otherwise the row
above would prove nothing.

{table("name | without | verdict", controls)}

{listing(_machine(load_average))}
"""
    )


def _machine(load_average: float) -> list[str]:
    postgres = binaries.run("postgres", "--version").stdout.split()[2]
    return [
        *machine.hardware(load_average),
        f"Python {platform.python_version()}, PostgreSQL {postgres}",
        machine.releases(),
    ]


def _row(experiment: Experiment, figures: Figures | str) -> list[str]:
    if isinstance(figures, str):
        return [experiment.fault, experiment.name, *[""] * 10, verdict(experiment, figures)]
    lasted = f", {figures['seconds'] / 60:.0f} min" if "seconds" in figures else ""
    return [
        experiment.fault + lasted,
        experiment.name,
        *(_cell(figures.get(name), ",.0f") for name in COUNTS),
        *(_cell(figures.get(name), ".2f") for name in SECONDS),
        ", ".join(
            f"{name} {figures[name]:.3g} of {limit:g}"
            for name, limit in experiment.limits.items()
            if name in figures
        ),
        verdict(experiment, figures),
    ]


def _cell(figure: float | None, form: str) -> str:
    return "" if figure is None else format(figure, form)
