"""python -m bench.faults: hurt the site under load, into bench/FAULTS.md."""

import argparse
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path

from bench.faults import (
    bouncer,
    cache,
    clients,
    commands,
    database,
    disk,
    failover,
    limits,
    migrations,
    network,
    overload,
    prepared,
    private,
    soak,
    stalls,
    starts,
    summary,
    workers,
)
from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures, NotRun
from bench.progress import say

PARTS = (
    database,
    stalls,
    bouncer,
    workers,
    private,
    starts,
    disk,
    failover,
    clients,
    limits,
    cache,
    prepared,
    overload,
    commands,
    migrations,
    network,
)
EXPERIMENTS: list[Experiment] = [each for part in PARTS for each in part.EXPERIMENTS]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--only", metavar="NAME", help="of one fault, with its controls")
    parser.add_argument("--soak", metavar="SECONDS", type=float, help="instead: so long each")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started ends
    load_average = os.getloadavg()[0]
    soaks = soak.experiments(options.soak or 0)
    all_of_them = soaks if options.soak else EXPERIMENTS
    chosen = [each for each in all_of_them if options.only in (None, each.name)]
    if not chosen:
        parser.error("--only: choose " + ", ".join(dict.fromkeys(e.name for e in all_of_them)))
    with tempfile.TemporaryDirectory(prefix="itemsite-faults-") as folder:
        lab = Lab(Path(folder))
        try:
            for experiment in chosen:
                figures = _run(experiment, lab)
                summary.keep(experiment, figures)
                say(summary.line(experiment, figures))
        finally:
            lab.close()
    summary.write([*EXPERIMENTS, *soaks], load_average)


def _run(experiment: Experiment, lab: Lab) -> Figures | str:
    """Return the figures, or why there are none."""
    say(f"{experiment.name}: {experiment.fault}, {experiment.control or 'as it is'}")
    try:
        return experiment.run(lab)
    except NotRun as reason:
        return f"not run: {reason}"
    except Exception as error:
        traceback.print_exc()
        return f"broke off: {type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
