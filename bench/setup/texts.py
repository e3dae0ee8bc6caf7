"""The items of a made-up team's list: as varied as a real one, and the same in every run.

As in real texts, a few words come often and most come rarely. COMMON_WORD is in a third of all
items, RARE_WORD in RARE_ITEMS of them, whatever the length of the list.
"""

import csv
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate, product
from pathlib import Path
from tempfile import TemporaryDirectory

COMMON_WORD = "shelf"
RARE_WORD = "sextant"
RARE_ITEMS = 10
MISSPELLED_WORDS = {"keybaord": "keyboard", "scissers": "scissors"}  # the wrong ones: in no item
SEED = 4

WORDS = {
    "thing": """
        adapter apron basket battery bench blanket board book bottle bowl box bracket brush bucket
        bulb cabinet cable café-chair candle card carton case chain charger chisel clamp clip clock
        cloth compressor cord coupling crate cup curtain cushion desk dowel drill easel envelope
        extractor fan file filter flange flask folder fork frame funnel fuse gasket generator glove
        glue grinder hammer handle headset heater helmet hinge hook hose insulation jar keyboard
        kettle key knife label ladder lamp lanyard lens level lock magnet map microphone mirror
        monitor mouse mug nail needle notebook nozzle nut oven padlock paint pan paper pedal pen
        pillow pipe plate pliers plug printer projector pump rack ratchet regulator relay rope
        router ruler sander saw scale scanner scissors screen screw screwdriver sensor shovel sieve
        socket solder spanner spirit-level spoon spring stamp stapler stool straße-sign switch table
        tablet tape tarpaulin telephone tent thermometer timer toaster tool torch towel transformer
        tray tripod trolley tube tweezers valve vase vice wallpaper washer wheel whiteboard wire
        workbench wrench
    """.split(),
    "quality": """
        black blue broken cheap clean cordless curved double fireproof flat flexible foldable green
        heavy insulated large left-hand light long low-noise new old orange outdoor padded portable
        red round rustproof sealed second-hand short small soft spare stackable straight thin used
        waterproof white wide wooden yellow
    """.split(),
    "material": """
        aluminium bamboo brass copper glass nylon oak plastic rubber steel wool zinc
    """.split(),
    "person": """
        Ada Béla Chiara Dmitri Eszter François Grace Håkon Ines Jörg Katarzyna Lê Maximilian Núria
        Oluwaseun Priya Quentin Ružica Søren Tomasz Ulrike Víctor Wanda Xavier Yuki Zoë
    """.split(),
    "place": """
        archive attic basement cellar corridor garage hall hangar kitchen laboratory library lobby
        office pantry shed store studio theatre van warehouse workshop yard
    """.split(),
    "month": """
        January February March April May June July August September October November December
    """.split(),
    "letter": "ABCDEFGHKLMNPRSTVWXZ",
    "number": range(100, 10_000),
    "count": range(2, 48),
    "shelf": range(1, 60),
    "year": range(1990, 2027),
    "price": range(1, 900),
    "width": range(2, 40),
    "length": range(5, 2000, 5),
}
SYLLABLES = (
    "Ard Bel Cor Dan Fen Gal Hol Jun Kir Lum Mor Nor Pol Ster".split(),
    "a ai e ei i o ou u".split(),
    "dex gan ler mark nis ra sen tek von wick".split(),
)
MAKERS = ["".join(syllables) for syllables in product(*SYLLABLES)]  # 1,120 names
random.Random(SEED).shuffle(MAKERS)  # the first ones sell the most
MAKER_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(MAKERS) + 1)))
MODEL = "{letter}{letter}-{number}"
NAMES = (
    f"{{maker}} {{thing}} {MODEL}",
    "{quality} {thing}, {material}",
    "{thing} {width} x {length} mm",
    "{thing} set of {count} for the {place}",
)
SENTENCES = (
    "Bought in {year} from {maker} for {price} EUR.",
    "Counted by {person} in {month}.",
    f"Fits the {{thing}} {MODEL} and every other {{thing}}.",
    "Lent to {person} for the {place}; ask before use.",
    "Handle {quality}, {thing} missing, otherwise as good as new.",
)
ON_SHELF = f"In the {{place}}, {COMMON_WORD} {{shelf}}."
GAP = re.compile(r"{(\w+)}")


@contextmanager
def csv_files(folder: Path, sizes: Iterable[int]) -> Iterator[dict[int, Path]]:
    """Write lists of these sizes as spreadsheets, 85 bytes a row; remove them at the end."""
    with TemporaryDirectory(dir=folder) as name:
        files = {size: Path(name, f"{size}.csv") for size in sizes}
        for size, path in files.items():
            with open(path, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["name", "description"])
                writer.writerows(_rows(size))
        yield files


def _rows(count: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(SEED)
    for number in range(1, count + 1):
        is_rare = number % (count // RARE_ITEMS) == 0
        name = _fill(f"{{maker}} {RARE_WORD}" if is_rare else chance.choice(NAMES), chance)
        yield name[0].upper() + name[1:], _description(chance)


def _description(chance: random.Random) -> str:
    """Give no sentence to three; a third of all descriptions say on which shelf the item is."""
    sentences = [chance.choice(SENTENCES) for _ in range(chance.choice((0, 1, 1, 2, 2)))]
    if chance.random() < 1 / 3:
        sentences.insert(0, ON_SHELF)
    return _fill(" ".join(sentences), chance)


def _fill(template: str, chance: random.Random) -> str:
    """Put a word into each gap."""

    def word(gap: re.Match) -> str:
        if gap[1] == "maker":
            return chance.choices(MAKERS, cum_weights=MAKER_WEIGHTS)[0]
        return str(chance.choice(WORDS[gap[1]]))

    return GAP.sub(word, template)
