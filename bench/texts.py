"""The items of a made-up team's list: as varied as a real one, and the same ones in every run.

Words come as in real texts: few of them often, most of them rarely. COMMON_WORD is in a third of
all items, RARE_WORD in RARE_ITEMS of them, however long the list is.
"""

import csv
import random
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

THINGS = """
    adapter apron basket battery bench blanket board book bottle bowl box bracket brush bucket bulb
    cabinet cable café-chair candle card carton case chain charger chisel clamp clip clock cloth
    compressor cord coupling crate cup curtain cushion desk dowel drill easel envelope extractor fan
    file filter flange flask folder fork frame funnel fuse gasket generator glove glue grinder
    hammer handle headset heater helmet hinge hook hose insulation jar keyboard kettle key knife
    label ladder lamp lanyard lens level lock magnet map microphone mirror monitor mouse mug nail
    needle notebook nozzle nut oven padlock paint pan paper pedal pen pillow pipe plate pliers plug
    printer projector pump rack ratchet regulator relay rope router ruler sander saw scale scanner
    scissors screen screw screwdriver sensor shovel sieve socket solder spanner spirit-level spoon
    spring stamp stapler stool straße-sign switch table tablet tape tarpaulin telephone tent
    thermometer timer toaster tool torch towel transformer tray tripod trolley tube tweezers valve
    vase vice wallpaper washer wheel whiteboard wire workbench wrench
""".split()
QUALITIES = """
    black blue broken cheap clean cordless curved double fireproof flat flexible foldable green
    heavy insulated large left-hand light long low-noise new old orange outdoor padded portable red
    round rustproof sealed second-hand short small soft spare stackable straight thin used
    waterproof white wide wooden yellow
""".split()
MATERIALS = "aluminium bamboo brass copper glass nylon oak plastic rubber steel wool zinc".split()
PEOPLE = """
    Ada Béla Chiara Dmitri Eszter François Grace Håkon Ines Jörg Katarzyna Lê Maximilian Núria
    Oluwaseun Priya Quentin Ružica Søren Tomasz Ulrike Víctor Wanda Xavier Yuki Zoë
""".split()
PLACES = """
    archive attic basement cellar corridor garage hall hangar kitchen laboratory library lobby
    office pantry shed store studio theatre van warehouse workshop yard
""".split()
MONTHS = """
    January February March April May June July August September October November December
""".split()
SYLLABLES = (
    "Ard Bel Cor Dan Fen Gal Hol Jun Kir Lum Mor Nor Pol Ster".split(),
    "a ai e ei i o ou u".split(),
    "dex gan ler mark nis ra sen tek von wick".split(),
)
MAKERS = ["".join(syllables) for syllables in product(*SYLLABLES)]  # 1,120 names
random.Random(SEED).shuffle(MAKERS)  # the first ones sell the most
MAKER_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(MAKERS) + 1)))


@contextmanager
def csv_files(folder: Path, sizes: Iterable[int]) -> Iterator[dict[int, Path]]:
    """Write lists of these sizes as spreadsheets, 85 bytes a row; remove them at the end."""
    with TemporaryDirectory(dir=folder) as name:
        files = {size: Path(name, f"{size}.csv") for size in sizes}
        for size, path in files.items():
            _write_csv(path, size)
        yield files


def _write_csv(path: Path, count: int) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "description"])
        writer.writerows(_rows(count))


def _rows(count: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(SEED)
    between_rare = count // RARE_ITEMS
    for number in range(1, count + 1):
        name = chance.choice(NAMES)(chance)
        if number % between_rare == 0:
            name = f"{_maker(chance)} {RARE_WORD}"
        yield name[0].upper() + name[1:], _description(chance)


def _description(chance: random.Random) -> str:
    """Give no sentence to three; a third of all descriptions say on which shelf the item is."""
    sentences = [chance.choice(SENTENCES)(chance) for _ in range(chance.choice((0, 1, 1, 2, 2)))]
    if chance.random() < 1 / 3:
        place, shelf = chance.choice(PLACES), chance.randrange(1, 60)
        sentences.insert(0, f"In the {place}, {COMMON_WORD} {shelf}.")
    return " ".join(sentences)


def _maker(chance: random.Random) -> str:
    return chance.choices(MAKERS, cum_weights=MAKER_WEIGHTS)[0]


def _model(chance: random.Random) -> str:
    letters = "".join(chance.choices("ABCDEFGHKLMNPRSTVWXZ", k=2))
    return f"{letters}-{chance.randrange(100, 10_000)}"


def _made(chance: random.Random) -> str:
    return f"{_maker(chance)} {chance.choice(THINGS)} {_model(chance)}"


def _described(chance: random.Random) -> str:
    return f"{chance.choice(QUALITIES)} {chance.choice(THINGS)}, {chance.choice(MATERIALS)}"


def _measured(chance: random.Random) -> str:
    width, length = chance.randrange(2, 40), chance.randrange(5, 2000, 5)
    return f"{chance.choice(THINGS)} {width} x {length} mm"


def _set(chance: random.Random) -> str:
    count, place = chance.randrange(2, 48), chance.choice(PLACES)
    return f"{chance.choice(THINGS)} set of {count} for the {place}"


def _bought(chance: random.Random) -> str:
    year, price = chance.randrange(1990, 2027), chance.randrange(1, 900)
    return f"Bought in {year} from {_maker(chance)} for {price} EUR."


def _counted(chance: random.Random) -> str:
    return f"Counted by {chance.choice(PEOPLE)} in {chance.choice(MONTHS)}."


def _fits(chance: random.Random) -> str:
    thing, other = chance.choice(THINGS), chance.choice(THINGS)
    return f"Fits the {thing} {_model(chance)} and every other {other}."


def _lent(chance: random.Random) -> str:
    return f"Lent to {chance.choice(PEOPLE)} for the {chance.choice(PLACES)}; ask before use."


def _condition(chance: random.Random) -> str:
    part = chance.choice(THINGS)
    return f"Handle {chance.choice(QUALITIES)}, {part} missing, otherwise as good as new."


NAMES = (_made, _described, _measured, _set)
SENTENCES = (_bought, _counted, _fits, _lent, _condition)
