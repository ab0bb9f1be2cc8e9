"""From a folder of pictures to a bundle of one's own: the stages and what each of them does."""

import os
import pathlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from rich.console import Console

from artdesk.core import atomic
from artdesk.core.errors import OutputError, SettingError
from artdesk.core.paths import resources
from artdesk.engine.words.table import INFERRED_FILE
from training.corpus import metadata
from training.corpus.annotating import annotate
from training.corpus.constructed.build import construct
from training.corpus.constructed.palette import measure_palettes, read_measured
from training.corpus.importing import REJECTED_NAME, import_folder
from training.corpus.texts import Lexicon
from training.data.captions import load_caption_writer
from training.export.assemble import Built, QuantizationLimits, assemble
from training.export.material import gather, summary
from training.export.networks import load_networks
from training.export.publish import write
from training.fit.detail import train_detail_prior
from training.fit.sketch import train_sketch_prior
from training.fit.tokenizer import train_tokenizer
from training.progress import counted, staged
from training.stages import Stage
from training.words.student import TOKENIZER_FILE

SUFFIX = ".artpack"
LEAST_PICTURES = 12
CALIBRATION_PICTURES = 64
# Shares of the minutes: the detail prior is the largest network and learns the slowest.
SHARES = {"tokenizer": 0.37, "sketch": 0.15, "detail": 0.48}
WORD_FILES = ("text.safetensors", "text.json", TOKENIZER_FILE, "words.npz", "words.json")
# Files that make sense only together, and what else they need.
LEARNT = {
    "tokenizer": (("tokenizer.safetensors", "tokenizer.json"), None),
    "sketch prior": (("sketch.safetensors", "sketch.json", "sketch_colours.npz"), None),
    "detail prior": (("detail.safetensors", "detail.json"), "tokenizer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModelOrder:
    """What is to be trained, and where.

    Attributes:
        pictures: Folder of the artist's pictures.
        weights: Float weights that the training goes on from; never changed.
        run: Folder of everything that is made on the way.
        name: What people call the model.
        minutes: Minutes of training, all stages together.
        constructed: How many constructed pictures are added.
        seed: Seed of all draws.
    """

    pictures: pathlib.Path
    weights: pathlib.Path
    run: pathlib.Path
    name: str
    minutes: float
    constructed: int
    seed: int = 0

    @property
    def own_weights(self) -> pathlib.Path:
        """The float weights of this run."""
        return self.run / "weights"

    @property
    def bundle(self) -> pathlib.Path:
        """The exported bundle."""
        return self.run / "bundle"

    @property
    def imported(self) -> pathlib.Path:
        """The corpus of the artist's pictures."""
        return self.run / "pictures"

    @property
    def drawn(self) -> pathlib.Path:
        """The corpus of constructed pictures."""
        return self.run / "constructed"

    @property
    def corpora(self) -> list[pathlib.Path]:
        """All corpora."""
        return [self.imported, self.drawn] if self.constructed else [self.imported]

    def part(self, stage: str) -> float:
        """Minutes of one training stage."""
        return round(self.minutes * SHARES[stage], 3)


def stages(order: OwnModelOrder, console: Console, show: Callable[[Built], None]) -> list[Stage]:
    """All stages from pictures to a bundle; `show` prints what quantization cost."""
    named = {"name": order.name}
    drawing = {"count": order.constructed, "seed": order.seed}

    def trained(name: str, title: str, work: Callable[[float], None], checkpoint: str) -> Stage:
        minutes = order.part(name)

        def run() -> bool:
            work(minutes)
            return is_trained(order.run / checkpoint, minutes)

        return Stage(name, f"{title}, {minutes:.3g} minutes", {"minutes": minutes}, run)

    def tokenizer(minutes: float) -> None:
        train_tokenizer(
            order.corpora, order.run / "tokenizer", order.own_weights, minutes, order.seed
        )

    def sketch(minutes: float) -> None:
        captions = load_caption_writer(order.own_weights)
        train_sketch_prior(
            order.corpora, order.run / "prior", order.own_weights, minutes, captions, order.seed
        )

    def detail(minutes: float) -> None:
        captions = load_caption_writer(order.own_weights)
        train_detail_prior(
            order.corpora, order.run / "prior", order.own_weights, minutes, captions, order.seed
        )

    return [
        Stage("weights", "copying the weights", {}, lambda: copy_weights(order, console)),
        Stage("import", "importing pictures", {}, lambda: take_in(order, console)),
        Stage("construct", "constructing pictures", drawing, lambda: draw_more(order)),
        Stage("annotate", "measuring pictures", {}, lambda: measure_all(order)),
        trained("tokenizer", "tokenizer", tokenizer, "tokenizer/tokenizer.pt"),
        trained("sketch", "sketch prior", sketch, "prior/sketch.pt"),
        trained("detail", "detail prior", detail, "prior/detail.pt"),
        Stage("export", "writing the bundle", named, lambda: export(order, console, show)),
    ]


def is_trained(checkpoint: pathlib.Path, minutes: float) -> bool:
    """Whether a training loop has used up its minutes; it also returns when it is stopped."""
    state = torch.load(checkpoint, weights_only=True, mmap=True)
    return bool(state["spent"] >= 60.0 * minutes)


def copy_weights(order: OwnModelOrder, console: Console) -> bool:
    """Copy what the training goes on from; the given folder is never written to.

    Raises:
        SettingError: The word encoder is missing; nothing here can train it.
    """
    missing = [name for name in WORD_FILES if not (order.weights / name).is_file()]
    if missing:
        raise SettingError(
            f"The folder {order.weights} holds no {missing[0]}; name the folder of ArtDesk's "
            "weights with --weights."
        )
    chosen, kept = list(WORD_FILES), set()
    if (order.weights / INFERRED_FILE).is_file():
        chosen.append(INFERRED_FILE)
    for part, (names, needed) in LEARNT.items():
        whole = all((order.weights / name).is_file() for name in names)
        if whole and (needed is None or needed in kept):
            kept.add(part)
            chosen += names
        else:
            console.print(
                f"There is no {part} to go on from in {order.weights}: it begins from nothing and "
                "needs hours.",
                style="yellow",
                highlight=False,
            )
    atomic.make_folder(order.own_weights)
    for name in chosen:
        atomic.write_bytes(order.own_weights / name, (order.weights / name).read_bytes())
    return True


def take_in(order: OwnModelOrder, console: Console) -> bool:
    """Import the pictures into a corpus.

    Raises:
        SettingError: Too few pictures can be used.
    """
    with staged() as progress:
        result = import_folder(order.pictures, order.imported, progress=progress)
    left_out = ""
    if result.rejected:
        left_out = f"; left out: {len(result.rejected)}, see {order.imported / REJECTED_NAME}"
    if len(result.rows) < LEAST_PICTURES:
        raise SettingError(
            f"Only {len(result.rows)} pictures of {order.pictures} can be used{left_out}. A "
            f"training needs at least {LEAST_PICTURES}, and a good one hundreds."
        )
    console.print(f"{len(result.rows)} pictures{left_out}.", highlight=False)
    return True


def draw_more(order: OwnModelOrder) -> bool:
    """Draw constructed pictures, half of them in palettes of the artist's pictures."""
    if not order.constructed:
        return True
    table = order.run / "palettes.csv"
    if not table.exists():
        with Console().status("Measuring palettes"):
            found = sorted((order.imported / "pictures").iterdir())
            atomic.write_text(table, measure_palettes(found))
    with counted("Drawing") as progress:
        construct(
            order.constructed,
            order.seed,
            order.drawn,
            palettes=read_measured(table),
            progress=progress,
        )
    return True


def measure_all(order: OwnModelOrder) -> bool:
    """Measure the attributes of all pictures on one scale, and write texts.

    Raises:
        SettingError: All pictures fell to one split.
    """
    lexicon = Lexicon.read(resources() / "words" / "lexicon.csv")
    with counted("Measuring") as progress:
        annotate(order.corpora, lexicon, order.seed, progress)
    splits = {row.split for corpus in order.corpora for row in metadata.read(corpus)}
    for split, use in (("train", "learn from"), ("validation", "judge the training by")):
        if split not in splits:
            raise SettingError(
                f"No picture is left to {use}; add pictures to {order.pictures} and choose another "
                "folder with --run."
            )
    return True


def export(order: OwnModelOrder, console: Console, show: Callable[[Built], None]) -> bool:
    """Quantize the networks of the run and write its bundle."""
    networks = load_networks(order.own_weights)
    console.print("Encoding pictures, then exporting and quantizing: some minutes.")
    material = gather(order.corpora, order.own_weights, CALIBRATION_PICTURES, order.seed)
    built = assemble(networks, material, QuantizationLimits())
    show(built)
    training = {"minutes": order.minutes, **summary(order.own_weights, material.library)}
    write(built, order.bundle, name=order.name, training=training)
    return True


def check_out(out: pathlib.Path) -> None:
    """Find out before hours of work whether the result can be written.

    Raises:
        SettingError: The name does not end in .artpack.
        OutputError: Its folder cannot be made or written.
    """
    if out.suffix != SUFFIX:
        raise SettingError(f"The result {out.name} must be called something{SUFFIX}.")
    if out.is_dir():
        raise OutputError(f"Cannot write {out}: a folder of that name is there; choose another.")
    atomic.make_folder(out.parent)
    if not os.access(out.parent, os.W_OK):
        raise OutputError(f"Cannot write {out}: you may not write there; choose another folder.")
