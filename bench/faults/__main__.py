"""python -m bench.faults: hurt the site under load, into bench/FAULTS.md."""

import argparse
import os
import tempfile
import traceback
from pathlib import Path

from bench.faults import database, stalls, summary, workers
from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures, NotRun
from bench.progress import say

EXPERIMENTS: list[Experiment] = [
    each for part in (database, stalls, workers) for each in part.EXPERIMENTS
]
SECONDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--only", metavar="NAME", help="of one fault, with its controls")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each steady phase")
    options = parser.parse_args()
    load_average = os.getloadavg()[0]
    chosen = [each for each in EXPERIMENTS if options.only in (None, each.name)]
    if not chosen:
        parser.error("--only: choose " + ", ".join(dict.fromkeys(e.name for e in EXPERIMENTS)))
    with tempfile.TemporaryDirectory(prefix="itemsite-faults-") as folder:
        lab = Lab(Path(folder), options.seconds)
        try:
            for experiment in chosen:
                figures = _run(experiment, lab)
                summary.keep(experiment, figures)
                say(summary.line(experiment, figures))
        finally:
            lab.close()
    summary.write(EXPERIMENTS, load_average)


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
