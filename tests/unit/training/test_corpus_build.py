"""One command builds the corpus, goes on after a stop, and gives the same on two processes."""

import functools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from artdesk.core.errors import SettingError
from tests.corpus_pictures import folder_of
from training.cli.corpus import app
from training.corpus import building, metadata
from training.corpus.annotating import annotate
from training.corpus.constructed.build import construct
from training.corpus.metadata import CorpusError
from training.corpus.texts import Lexicon
from training.corpus.workers import in_order
from training.data.pictures import load_corpora

QUIET = Console(quiet=True)


def _order(
    out: Path, given: Path | None = None, count: int = 5, seed: int = 0
) -> building.CorpusOrder:
    return building.CorpusOrder(
        out=out, given=given, count=count, seed=seed, size=96, processes=1, licence=""
    )


def _files(corpus: Path) -> dict[str, bytes]:
    return {
        path.relative_to(corpus).as_posix(): path.read_bytes()
        for path in sorted(corpus.rglob("*"))
        if path.is_file() and "cache" not in path.parts
    }


@pytest.fixture(autouse=True)
def _few_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets at their full size would take most of the time."""
    small = building.sheet(2, 16, 0, None, ["hard_edge"])
    monkeypatch.setattr(building, "sheet", lambda *_: small)
    axes = functools.partial(building.axis_sheets, columns=2, side=16)
    monkeypatch.setattr(building, "axis_sheets", axes)


def test_one_command_makes_everything_and_repeats_nothing(tmp_path: Path) -> None:
    paintings = folder_of(tmp_path / "in", 4)
    (paintings / "broken.jpg").write_bytes(b"nothing")
    (paintings / "zz_again.jpg").write_bytes((paintings / "work_001.jpg").read_bytes())
    out = tmp_path / "out"
    command = ["build", "--out", str(out), "--paintings", str(paintings), "--count", "5",
               "--size", "96", "--processes", "1"]  # fmt: skip
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "9 works in" in said
    assert "constructed 5, painting 4" in said
    assert "left out: 2 files" in said
    assert "duplicate 1" in said
    assert "not a picture 1" in said
    assert "minutes: " in said
    for name in ("report.html", "palettes.csv", "sheets/families.png", "sheets/axes/00-warmth.png"):
        assert (out / name).stat().st_size > 0
    corpora = [out / "paintings", out / "constructed"]
    works = [work for split in ("train", "validation", "test")
             for work in load_corpora(corpora, split)]  # fmt: skip
    assert len(works) == 9
    assert all(work.measured for work in works)
    before = {corpus.name: _files(corpus) for corpus in corpora}
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 0
    assert again.output.count("done before") == 7
    assert {corpus.name: _files(corpus) for corpus in corpora} == before


def test_it_works_without_paintings_and_grows(tmp_path: Path) -> None:
    assert building.build(_order(tmp_path), QUIET)
    assert not (tmp_path / "paintings").exists()
    first = {row.file_name: row for row in metadata.read(tmp_path / "constructed")}
    pictures = {name: (tmp_path / "constructed" / name).read_bytes() for name in first}
    assert building.build(_order(tmp_path, count=7), QUIET)
    more = {row.file_name: row for row in metadata.read(tmp_path / "constructed")}
    assert len(more) == 7
    assert all(more[name].split == row.split for name, row in first.items())
    assert {name: (tmp_path / "constructed" / name).read_bytes() for name in first} == pictures
    with pytest.raises(SettingError, match=r"belongs to a corpus with seed 0, not 9.*--out"):
        building.build(_order(tmp_path, seed=9), QUIET)


def test_a_stopped_build_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert building.build(_order(tmp_path / "whole"), QUIET)
    measured = building.annotate

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "annotate", stopped)
    assert not building.build(_order(tmp_path / "parts"), QUIET)
    assert set(json.loads((tmp_path / "parts" / "state.json").read_text())["done"]) == {"construct"}
    monkeypatch.setattr(building, "annotate", measured)
    assert building.build(_order(tmp_path / "parts"), QUIET)
    whole, parts = (_files(tmp_path / name / "constructed") for name in ("whole", "parts"))
    assert whole == parts


def test_faults_stop_it_and_are_named(tmp_path: Path) -> None:
    paintings = folder_of(tmp_path / "in", 3)
    (paintings / "list.csv").unlink()
    with pytest.raises(CorpusError, match=r"3 faults; mend them.*\n.*has no licence") as caught:
        building.build(_order(tmp_path / "out", paintings, count=1), QUIET)
    assert "work_000.jpg has no licence" in str(caught.value)
    assert (tmp_path / "out" / "report.html").exists()
    with pytest.raises(CorpusError, match="no folder"):
        building.build(_order(tmp_path / "out", tmp_path / "missing"), QUIET)


def test_two_processes_and_shards_give_what_one_gives(tmp_path: Path) -> None:
    lexicon = Lexicon.read(building.resources() / "words" / "lexicon.csv")
    palettes = np.random.default_rng(0).integers(0, 256, (6, 5, 3)).astype(np.uint8)
    for name, processes, shards in (
        ("one", 1, [(1, 1)]), ("two", 2, [(1, 1)]), ("parts", 1, [(2, 3), (1, 3), (3, 3)]),
    ):  # fmt: skip
        for shard in shards:
            construct(6, 40, tmp_path / name, 96, shard, palettes, processes=processes)
        annotate([tmp_path / name], lexicon, 0, lambda done, total: None, processes)  # noqa: ARG005
    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    assert _files(tmp_path / "one") == _files(tmp_path / "parts")


def test_annotating_goes_on_with_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.corpus import annotating

    lexicon = Lexicon.read(building.resources() / "words" / "lexicon.csv")
    for name in ("whole", "parts"):
        construct(5, 0, tmp_path / name, 96)
    annotate([tmp_path / "whole"], lexicon, 0, lambda done, total: None)  # noqa: ARG005
    monkeypatch.setattr(annotating, "_KEEP_EVERY", 2)
    seen: list[int] = []

    def stop(done: int, total: int) -> None:
        seen.append(done)
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        annotate([tmp_path / "parts"], lexicon, 0, stop)
    rows = metadata.read(tmp_path / "parts")
    assert sum(row.raw is not None for row in rows) == 2
    seen.clear()
    annotate([tmp_path / "parts"], lexicon, 0, lambda done, total: seen.append(done))  # noqa: ARG005
    assert seen == [2, 3, 4, 5]
    assert _files(tmp_path / "whole") == _files(tmp_path / "parts")


def test_results_come_in_order_and_failures_come_through() -> None:
    for processes in (1, 2):
        results = in_order(math.sqrt, [*range(30), -1, 4], processes)
        for number in range(30):
            assert next(results) == math.sqrt(number)
        with pytest.raises(ValueError, match=r"domain|nonnegative"):
            next(results)
