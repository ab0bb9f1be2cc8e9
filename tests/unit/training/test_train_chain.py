"""The chain from a folder of pictures to a bundle: order, stopping, going on, plain refusals."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console

from artdesk.core.errors import ArtDeskError, OutputError, SettingError
from training.cli import train
from training.corpus import metadata
from training.export import own_model
from training.stages import STATE_NAME, Stage, State, run_chain, signals_kept

IDENTITY = {"pictures": "a", "weights": "b"}


class Diary:
    """Stages that write down that they ran; `stop` makes one of them stop once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stop = ""

    def stage(self, name: str, **given: object) -> Stage:
        def run() -> bool:
            self.lines.append(name)
            if self.stop != name:
                return True
            self.stop = ""
            return False

        return Stage(name, f"the {name}", given, run)

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


def chain(folder: Path, *stages: Stage) -> bool:
    return run_chain(State.open(folder, IDENTITY), stages, Console(quiet=True))


def test_a_stopped_chain_goes_on_where_it_was(tmp_path: Path) -> None:
    diary = Diary()
    stages = [diary.stage("one"), diary.stage("two", minutes=3.0), diary.stage("three")]
    diary.stop = "two"
    assert not chain(tmp_path, *stages)
    assert diary.take() == ["one", "two"]
    assert chain(tmp_path, *stages)
    assert diary.take() == ["two", "three"]
    assert chain(tmp_path, *stages)
    assert diary.take() == []


def test_a_changed_stage_runs_again_with_all_after_it(tmp_path: Path) -> None:
    diary = Diary()
    assert chain(tmp_path, diary.stage("one"), diary.stage("two", minutes=3), diary.stage("three"))
    diary.take()
    longer = [diary.stage("one"), diary.stage("two", minutes=4), diary.stage("three")]
    diary.stop = "two"
    assert not chain(tmp_path, *longer)
    assert diary.take() == ["two"]
    # The third one is stale now, although it was finished before.
    assert chain(tmp_path, *longer)
    assert diary.take() == ["two", "three"]


def test_an_error_in_a_stage_leaves_the_earlier_ones_done(tmp_path: Path) -> None:
    diary = Diary()

    def fail() -> bool:
        raise SettingError("It cannot be done.")

    with pytest.raises(SettingError):
        chain(tmp_path, diary.stage("one"), Stage("two", "the two", {}, fail))
    assert chain(tmp_path, diary.stage("one"), diary.stage("two"))
    assert diary.take() == ["one", "two"]


def test_ctrl_c_stops_the_chain_and_not_the_next_one(tmp_path: Path) -> None:
    diary = Diary()

    def interrupted() -> bool:
        # A shell starts background jobs with Ctrl+C ignored, and Python leaves that as it is.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the signal did not arrive")

    assert not chain(tmp_path, diary.stage("one"), Stage("two", "the two", {}, interrupted))
    assert chain(tmp_path, diary.stage("one"), diary.stage("two"))
    assert diary.take() == ["one", "two"]


def test_signal_handlers_come_back_after_a_stage() -> None:
    before = signal.getsignal(signal.SIGINT)
    with signals_kept():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other"}', "null"])
def test_a_damaged_state_file_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match="cannot be read"):
        State.open(tmp_path, IDENTITY)
    assert (tmp_path / STATE_NAME).read_text(encoding="utf-8") == text


def test_a_run_folder_of_other_pictures_is_refused(tmp_path: Path) -> None:
    State.open(tmp_path, IDENTITY).save()
    # Nothing is done yet, so nothing is lost by taking the folder over.
    other = State.open(tmp_path, {**IDENTITY, "pictures": "b"})
    other.save()
    assert chain(tmp_path, Diary().stage("one"))
    with pytest.raises(SettingError, match=r"belongs to a training with pictures a, not c"):
        State.open(tmp_path, {**IDENTITY, "pictures": "c"})


def test_the_minutes_are_split_completely(tmp_path: Path) -> None:
    assert sum(own_model.SHARES.values()) == pytest.approx(1.0)
    order = make_order(tmp_path)
    assert sum(order.part(name) for name in own_model.SHARES) == pytest.approx(
        order.minutes, abs=0.01
    )
    names = [stage.name for stage in own_model.stages(order, Console(quiet=True), print)]
    assert names[0] == "weights"
    assert names[-1] == "export"
    assert len(names) == len(set(names))


def make_order(folder: Path, constructed: int = 2) -> own_model.OwnModelOrder:
    return own_model.OwnModelOrder(
        pictures=folder / "mine",
        weights=folder / "weights",
        run=folder / "run",
        name="Mine",
        minutes=7.0,
        constructed=constructed,
    )


def make_weights(folder: Path, *names: str) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode())


def test_weights_are_copied_and_only_whole_parts_of_them(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    detail = ("detail.safetensors", "detail.json")
    make_weights(order.weights, *own_model.WORD_FILES, "tokenizer.json", *detail, "other.txt")
    console = Console(record=True, width=200)
    assert own_model.copy_weights(order, console)
    # Without the tokenizer's numbers the detail prior means nothing.
    assert {path.name for path in order.own_weights.iterdir()} == set(own_model.WORD_FILES)
    said = console.export_text()
    assert "no tokenizer" in said
    assert "no detail prior" in said
    for name in ("tokenizer.safetensors", "inferred.npz"):
        (order.weights / name).write_bytes(b"1")
    assert own_model.copy_weights(order, console)
    assert {path.name for path in order.own_weights.iterdir()} == {
        *own_model.WORD_FILES,
        "inferred.npz",
        *detail,
        "tokenizer.json",
        "tokenizer.safetensors",
    }


def test_weights_without_words_are_refused(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    make_weights(order.weights, *own_model.WORD_FILES[1:])
    with pytest.raises(SettingError, match=own_model.WORD_FILES[0]):
        own_model.copy_weights(order, Console(quiet=True))


def test_a_loop_is_finished_when_its_minutes_are_spent(tmp_path: Path) -> None:
    torch.save({"spent": 119.0, "model": {}}, tmp_path / "part.pt")
    assert not own_model.is_trained(tmp_path / "part.pt", 2.0)
    assert own_model.is_trained(tmp_path / "part.pt", 1.9)


def draw_pictures(folder: Path, count: int) -> None:
    folder.mkdir()
    random = np.random.default_rng(3)
    for number in range(count):
        coarse = random.integers(256, size=(5, 6, 3)).astype(np.uint8)
        large = Image.fromarray(coarse).resize((120, 100), Image.Resampling.NEAREST)
        large.save(folder / f"{number:02}.png")


def test_pictures_are_imported_completed_and_measured(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    draw_pictures(order.pictures, 14)
    (order.pictures / "broken.jpg").write_bytes(b"no picture")
    console = Console(record=True, width=200)
    assert own_model.take_in(order, console)
    assert "14 pictures; left out: 1, see" in console.export_text()
    assert own_model.draw_more(order)
    assert own_model.measure_all(order)
    rows = [row for corpus in order.corpora for row in metadata.read(corpus)]
    assert [row.source for row in rows].count("painting") == 14
    assert [row.source for row in rows].count("constructed") == 2
    assert all(row.raw is not None for row in rows)
    assert {"train", "validation"} <= {row.split for row in rows}


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    draw_pictures(order.pictures, 3)
    with pytest.raises(SettingError, match="Only 3 pictures"):
        own_model.take_in(order, Console(quiet=True))


def test_without_constructed_pictures_there_is_one_corpus(tmp_path: Path) -> None:
    order = make_order(tmp_path, constructed=0)
    assert order.corpora == [order.imported]
    assert own_model.draw_more(order)
    assert not order.drawn.exists()


def run(*arguments: object) -> None:
    train.app(args=[str(part) for part in arguments], standalone_mode=False)


def _a_file(folder: Path) -> Path:
    (folder / "file").write_bytes(b"")
    return folder / "file" / "my.artpack"


def _a_folder(folder: Path) -> Path:
    (folder / "my.artpack").mkdir()
    return folder / "my.artpack"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (lambda folder: folder / "my.zip", r"\.artpack"),
        (_a_folder, "a folder of that name"),
        (_a_file, "Cannot use|Cannot write"),
    ],
)
def test_an_unusable_result_is_refused_before_the_work(
    tmp_path: Path, place: Callable[[Path], Path], text: str
) -> None:
    order = make_order(tmp_path)
    draw_pictures(order.pictures, 1)
    make_weights(order.weights)
    with pytest.raises((SettingError, OutputError), match=text):
        run(
            order.pictures, "--out", place(tmp_path), "--run", order.run, "--weights", order.weights
        )
    assert not order.run.exists()


def test_missing_folders_and_names_are_refused_plainly(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    common = ("--out", tmp_path / "my.artpack", "--run", order.run, "--weights", order.weights)
    with pytest.raises(ArtDeskError, match=r"no folder .*mine"):
        run(order.pictures, *common)
    draw_pictures(order.pictures, 1)
    with pytest.raises(ArtDeskError, match="folder of weights"):
        run(order.pictures, *common)
    make_weights(order.weights)
    with pytest.raises(ArtDeskError, match="1 to 80 characters"):
        run(order.pictures, *common, "--name", " ")
    with pytest.raises(ArtDeskError, match=own_model.WORD_FILES[0]):
        run(order.pictures, *common)
    state = json.loads((order.run / STATE_NAME).read_text(encoding="utf-8"))
    assert state["done"] == {}
