"""`artdesk batch`: many pictures from choices of words, settings and seeds, or from a folder.

Every picture has a name that its recipe decides, and a file is either whole or not there: the same
command goes on after any stop, draws nothing twice and loses nothing.
"""

import argparse
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from artdesk.bundle.collection import FILE_NAME as COLLECTION
from artdesk.cli import common, memory_options, options
from artdesk.cli.progress import ProgressBar
from artdesk.cli.sheet import contact_sheet, thumbnail
from artdesk.core import atomic
from artdesk.core.errors import ArtDeskError, OutputError, RecipeError
from artdesk.core.matrix import MAX_COMBINATIONS, Choice, expand
from artdesk.core.recipe import MAX_SEED, SAMPLING_RANGES, Recipe
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.pipeline import Engine
from artdesk.engine.sketch.draw import sketch_from_pixels
from artdesk.engine.words import palette as palettes
from artdesk.pictures import files as pictures

SHEET_NAME = "batch-sheet.png"
_POLL_SECONDS = 2.0
_RECIPES = {".json", *pictures.FORMATS}


@dataclass(frozen=True, slots=True)
class Job:
    """One picture of a batch.

    Attributes:
        number: Its place, from 1.
        label: What was chosen for it, in words.
        recipe: What to draw.
    """

    number: int
    label: str
    recipe: Recipe

    @property
    def name(self) -> str:
        """The name of its file, decided by place and recipe."""
        return f"{self.number:04d}-{self.recipe.digest()[:12]}.png"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    options.add_recipe_options(parser, prompt=prompt_choices)
    memory_options.add_memory_options(parser)
    batch = parser.add_argument_group("batch")
    batch.add_argument(
        "--seeds",
        type=seeds,
        metavar="A-B",
        help="seeds from A to B for every choice; without it the one of --seed",
    )
    batch.add_argument(
        "--vary",
        type=setting_choices,
        action="append",
        default=[],
        metavar="NAME=V,V",
        help="several values of a sampling control, like guidance=1.5,3; repeatable",
    )
    batch.add_argument(
        "--watch",
        type=Path,
        metavar="FOLDER",
        help="draw every recipe and picture of ArtDesk that lies or arrives in a folder, until "
        "it is stopped",
    )
    batch.add_argument(
        "--until-empty", action="store_true", help="with --watch: end when all is drawn"
    )
    batch.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the pictures"
    )
    batch.add_argument(
        "--sheet", action="store_true", help=f"also write {SHEET_NAME} with every picture named"
    )
    options.add_engine_options(parser)


def prompt_choices(text: str) -> tuple[Choice, ...]:
    """An argparse type for prompts with choices."""
    try:
        choices = expand(text)
    except RecipeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    for choice in choices:
        options.words(choice.prompt)
    return choices


def seeds(text: str) -> range:
    """An argparse type for "3-10" or "7"."""
    match = re.fullmatch(r"(\d{1,10})(?:-(\d{1,10}))?", text.strip(), re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text[:24]}” are no seeds: write them like 1-8")
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last <= MAX_SEED or last - first >= MAX_COMBINATIONS:
        raise argparse.ArgumentTypeError(
            f"the seeds {text} are out of range: use up to {MAX_COMBINATIONS} of 0 to {MAX_SEED}"
        )
    return range(first, last + 1)


def setting_choices(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """An argparse type for "guidance=1,2,3": the control, and texts with their values."""
    name, equals, values = text.partition("=")
    plain = name.strip().replace("-", "_")
    field = plain if plain in SAMPLING_RANGES else f"{plain}_milli"
    if not equals or field not in SAMPLING_RANGES:
        known = ", ".join(key.removesuffix("_milli").replace("_", "-") for key in SAMPLING_RANGES)
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” varies nothing: write it like guidance=1.5,3 with one of {known}"
        )
    low, high = SAMPLING_RANGES[field]
    read = options.thousandths if field.endswith("_milli") else options.whole_number
    texts = [value.strip() for value in values.split(",")]
    return field, tuple((value, read(low, high)(value)) for value in texts)


def run(arguments: argparse.Namespace) -> int:
    """Draw what is missing; returns the exit status."""
    atomic.make_folder(arguments.out)
    if arguments.watch is not None:
        return _watch(arguments)
    jobs = _jobs(arguments)
    _check_folder(arguments.out, jobs)
    missing = [job for job in jobs if not (arguments.out / job.name).exists()]
    if missing:
        engine = common.start_engine(arguments)
        texts = {word: word for job in jobs for word in job.recipe.words}
        common.say_unknown_words(engine.heard(Recipe(words=tuple(texts)[:24])))
        with ProgressBar("Drawing", len(missing)) as bar:
            for number, job in enumerate(missing):
                _draw(engine, job, arguments.out, bar, number)
                bar.clear()
                print(arguments.out / job.name, flush=True)
    common.note(f"{len(missing)} of {len(jobs)} pictures were missing; all are in {arguments.out}.")
    if arguments.sheet:
        small = [thumbnail(pictures.open_picture(arguments.out / job.name).pixels) for job in jobs]
        target = arguments.out / SHEET_NAME
        pictures.save_pixels(target, contact_sheet(small, [job.label for job in jobs]))
        print(target)
    return 0


def _draw(engine: Engine, job: Job, folder: Path, bar: ProgressBar, done: int) -> None:
    picture = engine.generate(
        engine.resolve(job.recipe),
        progress=lambda now: bar.update(done + now.step / now.steps),
    )
    # Another run of the same batch may have drawn it meanwhile: then it is the same picture.
    with suppress(FileExistsError):
        atomic.write_new(folder / job.name, pictures.encode_picture(".png", picture))


def _jobs(arguments: argparse.Namespace) -> list[Job]:
    """All pictures of the batch in their order."""
    remembers = COLLECTION in common.open_chosen_bundle(arguments).data
    memory_options.settle(arguments, remembers=remembers)
    own_palette = arguments.palette
    if arguments.palette_from is not None:
        own_palette = palettes.palette_from_image(pictures.open_image(arguments.palette_from))
    sketch = None
    if arguments.sketch is not None:
        size = arguments.size
        shape = sketch_shape(size.width, size.height)
        sketch = sketch_from_pixels(pictures.open_image(arguments.sketch), *shape)
    choices: Sequence[Choice] = arguments.prompt or (Choice((), ""),)
    single = range(arguments.seed or 0, (arguments.seed or 0) + 1)
    all_seeds = arguments.seeds or single
    varied = [[(field, *value) for value in values] for field, values in arguments.vary]
    count = len(choices) * len(all_seeds)
    for values in varied:
        count *= len(values)
    if count > MAX_COMBINATIONS:
        raise RecipeError(
            f"This batch has {count:,} pictures: use at most {MAX_COMBINATIONS:,} at a time."
        )
    arguments.seed = all_seeds[0]
    jobs: list[Job] = []
    for choice, *settings in itertools.product(choices, *varied):
        arguments.prompt = options.words(choice.prompt) if choice.prompt else ()
        base = options.recipe_from(arguments, own_palette, sketch)
        sampling = replace(base.sampling, **{field: value for field, _, value in settings})
        named = [
            f"{field.removesuffix('_milli').replace('_', ' ')} {text}"
            for field, text, _ in settings
        ]
        for seed in all_seeds:
            label = " · ".join([*choice.labels, *named, str(seed)])
            jobs.append(Job(len(jobs) + 1, label, replace(base, sampling=sampling, seed=seed)))
    return jobs


def _check_folder(folder: Path, jobs: Sequence[Job]) -> None:
    """Refuse a folder that holds pictures of another batch."""
    wanted = {job.name for job in jobs}
    others = [
        path.name
        for path in folder.iterdir()
        if re.fullmatch(r"\d{4}-[0-9a-f]{12}\.png", path.name) and path.name not in wanted
    ]
    if others:
        raise OutputError(
            f"{folder} holds pictures of another batch ({min(others)}): choose another folder."
        )


def _watch(arguments: argparse.Namespace) -> int:
    """Draw what lies in a folder, and what arrives there."""
    if not arguments.watch.is_dir():
        raise OutputError(f"There is no folder {arguments.watch}: make it or choose another.")
    engine = common.start_engine(arguments)
    told: set[tuple[Path, int]] = set()
    while True:
        fresh = 0
        for path, recipe in _arrived(arguments.watch, told):
            target = arguments.out / f"{path.stem[:60]}-{recipe.digest()[:12]}.png"
            if target.exists():
                continue
            picture = engine.generate(engine.resolve(recipe))
            with suppress(FileExistsError):
                atomic.write_new(target, pictures.encode_picture(".png", picture))
            print(target, flush=True)
            fresh += 1
        if fresh == 0:
            if arguments.until_empty:
                return 0
            time.sleep(_POLL_SECONDS)


def _arrived(folder: Path, told: set[tuple[Path, int]]) -> Iterator[tuple[Path, Recipe]]:
    """Recipes of a folder, by name; what cannot be read is told once and passed over."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _RECIPES or not path.is_file():
            continue
        try:
            if path.suffix.lower() == ".json":
                yield path, common.read_recipe_file(path)
            else:
                yield path, pictures.read_record(path).recipe
        except ArtDeskError as error:
            known = path, path.stat().st_mtime_ns
            if known not in told:
                told.add(known)
                common.note(str(error))
