"""The whole corpus in one go: paintings, constructed pictures, labels, sheets, report and check.

Stages are kept in `state.json` (see `training.stages`) and go on from their own journals, so
the same command goes on after a stop, adds what is new in the folder of paintings, and draws more
when asked for more. Nothing that is there moves or changes by that.
"""

import csv
import hashlib
import io
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from rich.console import Console

from artdesk.core import atomic
from artdesk.core.paths import resources
from training.corpus import metadata
from training.corpus.annotating import annotate
from training.corpus.checking import check
from training.corpus.constructed.build import construct, sheet
from training.corpus.constructed.palette import measure_palettes, read_measured
from training.corpus.decoding import is_picture_name
from training.corpus.importing import REJECTED_NAME, import_folder
from training.corpus.metadata import CorpusError
from training.corpus.report import write_report
from training.corpus.sheets import axis_sheets
from training.corpus.splits import SHARES
from training.corpus.texts import Lexicon
from training.progress import counted, staged
from training.stages import Stage, State, run_chain

_MINUTES = "minutes.json"
_REPORT_PICTURES = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusOrder:
    """What is to be built, and where.

    Attributes:
        out: Folder of everything.
        given: Folder of paintings, or None.
        count: How many pictures are constructed.
        seed: Seed of the first of them, and of the texts.
        size: Pixels of their shorter side.
        processes: How many draw and measure at once.
        licence: Licence of paintings of which their table says none.
    """

    out: Path
    given: Path | None
    count: int
    seed: int
    size: int
    processes: int
    licence: str = ""

    @property
    def paintings(self) -> Path:
        """The corpus of paintings."""
        return self.out / "paintings"

    @property
    def constructed(self) -> Path:
        """The corpus of constructed pictures."""
        return self.out / "constructed"

    @property
    def palettes(self) -> Path:
        """The palettes measured on the paintings."""
        return self.out / "palettes.csv"

    @property
    def corpora(self) -> list[Path]:
        """All corpora that there are."""
        return [
            corpus
            for corpus in (self.paintings, self.constructed)
            if (corpus / metadata.FILE_NAME).exists()
        ]


def build(order: CorpusOrder, console: Console) -> bool:
    """Build the corpus, or go on with it.

    Args:
        order: What to build.
        console: Where to say what is being done.

    Returns:
        False when the user stopped it.

    Raises:
        CorpusError: The paintings cannot be used, or the check found faults.
        SettingError: The folder belongs to a corpus with another seed or size.
    """
    if order.given is not None and not order.given.is_dir():
        raise CorpusError(f"There is no folder {order.given}; name a folder with paintings.")
    identity = {"seed": order.seed, "size": order.size}
    state = State.open(order.out, identity, "corpus", "--out")
    finished = run_chain(state, stages(order), console)
    if finished:
        console.print(summary(order), highlight=False, markup=False)
    return finished


def stages(order: CorpusOrder) -> list[Stage]:
    """All stages of a order in their order."""
    # A table with new columns is filled by importing again, which reads the journal of before.
    paintings: dict[str, object] = {
        "paintings": _listing(order.given),
        "columns": list(metadata.FIELDS),
    }
    plan: list[tuple[str, str, dict[str, object], Callable[[], None]]] = []
    if order.given is not None:
        plan.append(("import", "importing paintings", paintings, lambda: _import(order)))
        plan.append(("palettes", "measuring palettes", {}, lambda: _measure_palettes(order)))
    drawn: dict[str, object] = {"count": order.count}
    plan += [
        ("construct", "constructing pictures", drawn, lambda: _construct(order)),
        ("annotate", "measuring attributes, writing texts", {}, lambda: _annotate(order)),
        ("sheets", "contact sheets of families and axes", {}, lambda: _sheets(order)),
        ("report", "the report", {}, lambda: _report(order)),
        # Last, so that sheets and report are there to look for the reasons of faults.
        ("check", "checking", {}, lambda: _check(order)),
    ]

    def timed(name: str, work: Callable[[], None]) -> Callable[[], bool]:
        def run() -> bool:
            began = time.monotonic()
            try:
                work()
            finally:
                _add_minutes(order, name, (time.monotonic() - began) / 60.0)
            return True

        return run

    return [Stage(name, title, given, timed(name, work)) for name, title, given, work in plan]


def summary(order: CorpusOrder) -> str:
    """What the corpus holds, by split and source, what was left out and why, and the time."""
    rows = [row for corpus in order.corpora for row in metadata.read(corpus)]
    works = {row.work_id: row for row in rows}
    splits = Counter(row.split for row in works.values())
    sources = Counter(row.source for row in works.values())
    lines = [
        f"{len(works)} works in {order.out}.",
        "  by split: " + ", ".join(f"{name} {splits[name]}" for name in SHARES),
        "  by source: " + ", ".join(f"{name} {count}" for name, count in sorted(sources.items())),
    ]
    reasons = _reasons(order.paintings / REJECTED_NAME)
    if reasons:
        said = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        lines.append(f"  left out: {sum(reasons.values())} files ({said})")
    minutes = _minutes(order)
    spent = ", ".join(f"{name} {value:.1f}" for name, value in minutes.items())
    lines.append(f"  minutes: {sum(minutes.values()):.1f} ({spent})")
    folders = " ".join(str(corpus) for corpus in order.corpora)
    lines.append(f"Train on it with: python -m training prior detail {folders}")
    return "\n".join(lines)


def _import(order: CorpusOrder) -> None:
    assert order.given is not None
    with staged() as progress:
        import_folder(order.given, order.paintings, order.licence, progress=progress)


def _measure_palettes(order: CorpusOrder) -> None:
    """Measured once: a corpus that grows must not change the pictures that are there."""
    if order.palettes.exists():
        return
    with Console().status("Measuring palettes"):
        found = [order.paintings / row.file_name for row in metadata.read(order.paintings)]
        atomic.write_text(order.palettes, measure_palettes(found))


def _construct(order: CorpusOrder) -> None:
    palettes = read_measured(order.palettes) if order.palettes.exists() else None
    with counted("Drawing") as progress:
        construct(
            order.count,
            order.seed,
            order.constructed,
            order.size,
            palettes=palettes,
            progress=progress,
            processes=order.processes,
        )


def _annotate(order: CorpusOrder) -> None:
    with counted("Measuring") as progress:
        annotate(order.corpora, _lexicon(), order.seed, progress, order.processes)


def _sheets(order: CorpusOrder) -> None:
    """A sheet of all families, one of the paintings, and one for each attribute."""
    atomic.make_folder(order.out / "sheets")
    palettes = read_measured(order.palettes) if order.palettes.exists() else None
    with Console().status("Drawing contact sheets"):
        _write_png(order.out / "sheets" / "families.png", sheet(6, 128, order.seed, palettes))
        axis_sheets(order.corpora, order.out / "sheets" / "axes")


def _report(order: CorpusOrder) -> None:
    with counted("Drawing") as progress:
        write_report(order.corpora, order.out / "report.html", _REPORT_PICTURES, progress)


def _check(order: CorpusOrder) -> None:
    with counted("Reading") as progress:
        faults = check(order.corpora, progress)
    if faults:
        said = "\n".join(f"{fault.kind}: {fault.text}" for fault in faults)
        raise CorpusError(
            f"The corpus has {len(faults)} faults; mend them and repeat the command.\n{said}"
        )


def _lexicon() -> Lexicon:
    return Lexicon.read(resources() / "words" / "lexicon.csv")


def _write_png(path: Path, picture: Image.Image) -> None:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    atomic.write_bytes(path, stream.getvalue())


def _listing(folder: Path | None) -> str:
    """Changes when a picture or a table is added, removed or written to; "" without a folder."""
    if folder is None:
        return ""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{path.relative_to(folder).as_posix()} {path.stat().st_size}"
        for path in found
        if is_picture_name(path) or path.suffix == ".csv"
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _reasons(path: Path) -> Counter[str]:
    """How many files were left out for each kind of reason."""
    if not path.exists():
        return Counter()
    with path.open(encoding="utf-8", newline="") as file:
        return Counter(row["reason"].split(" of ")[0].split(":")[0] for row in csv.DictReader(file))


def _minutes(order: CorpusOrder) -> dict[str, float]:
    """Minutes spent so far on each stage, all runs together."""
    try:
        values = json.loads((order.out / _MINUTES).read_text(encoding="utf-8"))
        return {str(name): float(value) for name, value in values.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _add_minutes(order: CorpusOrder, stage: str, minutes: float) -> None:
    spent = _minutes(order)
    spent[stage] = spent.get(stage, 0.0) + minutes
    atomic.write_text(order.out / _MINUTES, json.dumps(spent, indent=1) + "\n")
