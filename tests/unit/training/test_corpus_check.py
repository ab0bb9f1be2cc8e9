"""The check of a corpus passes a good one and finds every kind of planted fault."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from artdesk.core.paths import resources
from tests.corpus_pictures import folder_of, jpeg, painting
from training.cli.corpus import app
from training.corpus import human_words, metadata
from training.corpus.annotating import QUANTILES_NAME, annotate
from training.corpus.checking import check
from training.corpus.consistency import balance_faults
from training.corpus.importing import import_folder
from training.corpus.metadata import CorpusError, Row
from training.corpus.texts import Lexicon


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    import_folder(folder_of(folder / "in", 6), folder / "out")
    return folder / "out"


@pytest.fixture
def corpus(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "corpus"))


def _change(corpus: Path, number: int, **values: object) -> None:
    rows = metadata.read(corpus)
    rows[number] = replace(rows[number], **values)  # type: ignore[arg-type]
    metadata.write(corpus, rows)


def _add(corpus: Path, name: str, data: bytes, split: str, work: str) -> None:
    (corpus / name).write_bytes(data)
    rows = metadata.read(corpus)
    size = {"width": 200, "height": 160}
    rows.append(replace(rows[0], file_name=name, split=split, work_id=work, sha256=work, **size))
    metadata.write(corpus, rows)


def _other(split: str) -> str:
    return "test" if split == "train" else "train"


def _leak_by_work(corpus: Path) -> None:
    first, second = metadata.read(corpus)[:2]
    _change(corpus, 1, work_id=first.work_id, split=_other(first.split))
    assert second.work_id != first.work_id


def _leak_by_picture(corpus: Path) -> None:
    row = metadata.read(corpus)[2]
    squashed = painting(2).resize((180, 180)).resize((200, 160))
    _add(corpus, "pictures/again.jpg", jpeg(squashed, 60), _other(row.split), "again")


def _same_file_twice(corpus: Path) -> None:
    row = metadata.read(corpus)[0]
    data = (corpus / row.file_name).read_bytes()
    _add(corpus, "pictures/twice.jpg", data, row.split, "twice")


def _no_number(corpus: Path) -> None:
    raw = metadata.read(corpus)[0].raw
    assert raw is not None
    _change(corpus, 0, raw=np.where(np.arange(29) == 3, np.nan, raw))


def _listed_twice(corpus: Path) -> None:
    rows = metadata.read(corpus)
    metadata.write(corpus, [*rows, rows[0]])


def _wrong_label(corpus: Path) -> None:
    raw = metadata.read(corpus)[3].raw
    assert raw is not None
    _change(corpus, 3, raw=np.where(np.arange(29) == 1, raw[1] + 0.4, raw))


def _impossible_colours(corpus: Path) -> None:
    raw = metadata.read(corpus)[0].raw
    assert raw is not None
    _change(corpus, 0, raw=np.where(np.arange(29) >= 16, 0.4, raw))


def _annotated(corpus: Path) -> Lexicon:
    lexicon = Lexicon.read(resources() / "words" / "lexicon.csv")
    annotate([corpus], lexicon, 0, lambda done, total: None)  # noqa: ARG005
    return lexicon


def _denied_text(corpus: Path) -> None:
    _annotated(corpus)
    rows = metadata.read(corpus)
    brightness = [row.raw[1] for row in rows if row.raw is not None]
    _change(corpus, int(np.argmax(brightness)), text="dark")


def _both_poles(corpus: Path) -> None:
    _annotated(corpus)
    _change(corpus, 1, text="warm\ncool")


def _texts_without_scale(corpus: Path) -> None:
    _annotated(corpus)
    (corpus / QUANTILES_NAME).unlink()


def _damaged_scale(corpus: Path) -> None:
    _annotated(corpus)
    (corpus / QUANTILES_NAME).write_bytes(b"nothing")


def _stranger_described(corpus: Path) -> None:
    human_words.write(corpus, {("pictures/elsewhere.jpg", "Ada"): "red"})


FAULTS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "work on both sides": (_leak_by_work, "leak", "The work"),
    "picture on both sides": (_leak_by_picture, "leak", "again.jpg"),
    "same file": (_same_file_twice, "duplicate", "is the same as"),
    "listed twice": (_listed_twice, "duplicate", "2 times"),
    "no licence": (lambda c: _change(c, 0, licence=" "), "licence", "no licence"),
    "no mark": (lambda c: _change(c, 0, remember=""), "remember", "no mark to remember"),
    "half a mark": (lambda c: _change(c, 0, remember="maybe"), "remember", "'maybe'"),
    "unknown split": (lambda c: _change(c, 0, split="dev"), "value", "'dev'"),
    "unknown source": (lambda c: _change(c, 0, source="web"), "value", "'web'"),
    "no work": (lambda c: _change(c, 0, work_id=""), "value", "no work"),
    "no hash": (lambda c: _change(c, 0, sha256=""), "value", "no file hash"),
    "wrong size": (lambda c: _change(c, 0, width=9), "value", "9 x 160"),
    "not measured": (lambda c: _change(c, 0, raw=None), "value", "annotate"),
    "not a number": (_no_number, "value", "no number for contrast"),
    "missing file": (lambda c: (c / "pictures/work_003.jpg").unlink(), "file", "work_003"),
    "damaged file": (
        lambda c: (c / "pictures/work_003.jpg").write_bytes(b"no"), "file", "not a picture",
    ),
    "outside": (lambda c: _change(c, 0, file_name="../x.jpg"), "file", "outside"),
    "label of another picture": (_wrong_label, "label", "is labelled brightness"),
    "impossible colours": (_impossible_colours, "label", "no picture can have"),
    "text against the label": (_denied_text, "label", "says “dark”"),
    "texts against each other": (_both_poles, "label", "say both “cool” and “warm”"),
    "texts without a scale": (_texts_without_scale, "label", "no scale of attributes"),
    "damaged scale": (_damaged_scale, "label", "missing or damaged"),
    "words about a stranger": (_stranger_described, "label", "which is not in"),
    "unlisted": (lambda c: (c / "pictures/stray.jpg").write_bytes(b"x"), "unlisted", "stray.jpg"),
}  # fmt: skip


def test_a_good_corpus_passes(good: Path) -> None:
    assert check([good]) == []
    assert CliRunner().invoke(app, ["check", str(good)]).exit_code == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, corpus: Path) -> None:
    plant, kind, text = FAULTS[fault]
    plant(corpus)
    found = check([corpus])
    assert any(one.kind == kind and text in one.text for one in found), found


def test_the_command_fails_and_names_the_fault(corpus: Path) -> None:
    _change(corpus, 0, licence="")
    result = CliRunner().invoke(app, ["check", str(corpus)])
    assert result.exit_code == 1
    assert "licence: pictures/work_000.jpg has no licence." in result.output


def test_corpora_on_different_scales_are_found(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    import_folder(folder_of(tmp_path / "in", 3, first=60), other)
    for one in (corpus, other):
        _annotated(one)
    found = check([corpus, other], near=False)
    assert [fault.kind for fault in found] == ["label"]
    assert "different scales" in found[0].text


def _rows(change: Callable[[int, np.ndarray], None] = lambda number, raw: None) -> list[Row]:  # noqa: ARG005
    """Rows of a large corpus without pictures, balanced unless `change` spoils it."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(400):
        raw = np.concatenate([rng.uniform(0, 1, 16), rng.uniform(0, 0.15, 13)])
        change(number, raw)
        rows.append(
            Row(
                file_name=f"{number}.jpg", split="test" if number % 5 == 0 else "train",
                work_id=str(number), source="constructed" if number % 2 else "painting",
                licence="l", family=f"family {number % 9}", sha256=str(number), width=1, height=1,
                parameters={}, raw=raw,
            )
        )  # fmt: skip
    return rows


def test_a_balanced_corpus_has_no_faults() -> None:
    assert balance_faults(_rows()) == []


def _same(number: int, raw: np.ndarray) -> None:
    raw[2] = 0.5


def _nearly_same(number: int, raw: np.ndarray) -> None:
    raw[2] = 0.5 + 0.001 * raw[2] if number % 3 else raw[2]


def _dark_test(number: int, raw: np.ndarray) -> None:
    raw[1] = raw[1] * (0.1 if number % 5 == 0 else 1.0)


def _round_paintings(number: int, raw: np.ndarray) -> None:
    raw[14] += 2.0 * (number % 2)


def _no_gold(number: int, raw: np.ndarray) -> None:
    raw[25] = 0.0


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (_same, "All pictures have the same vividness"),
        (_nearly_same, "have nearly the same vividness"),
        (_dark_test, "of the test split lie on the dark side of brightness"),
        (_round_paintings, "of the painting pictures lie on the round side of angularity"),
        (_no_gold, "Only 0.0 % of the pictures show gold"),
    ],
)
def test_a_lopsided_corpus_is_found(spoil: Callable[[int, np.ndarray], None], text: str) -> None:
    assert any(text in fault for fault in balance_faults(_rows(spoil)))


def test_one_artist_must_not_be_most_of_the_corpus() -> None:
    rows = [replace(row, artist="one") if row.source == "painting" or number < 30 else row
            for number, row in enumerate(_rows())]  # fmt: skip
    assert any("pictures are by one" in fault for fault in balance_faults(rows))


def test_a_leak_between_two_corpora_is_found(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(corpus, other)
    _change(other, 0, split=_other(metadata.read(other)[0].split))
    assert any(fault.kind == "leak" for fault in check([corpus, other], near=False))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "holds no metadata.csv"),
        ("a,b\n1,2\n", "lacks the column 'file_name'"),
        ("TABLE\npictures/x.jpg,,train,w,painting,l,,,no number,5,s,{}", "Line 2"),
        ("TABLE\npictures/x.jpg,,train,w,painting,l,,,5,5,s,[1]", "Line 2"),
        ("TABLE\npictures/x.jpg,,train", "Line 2"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        # The columns of version 1 of the table, which still opens.
        text = text.replace(
            "TABLE",
            "file_name,text,split,work_id,source,licence,artist,family,width,height,sha256,parameters",
        )
        (tmp_path / "metadata.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        metadata.read(tmp_path)


def test_a_table_without_the_marks_opens_and_the_check_refuses_its_paintings(corpus: Path) -> None:
    rows = metadata.read(corpus)
    drawn = replace(rows[0], file_name="pictures/drawn.jpg", source="constructed", work_id="drawn")
    metadata.write(corpus, [*rows, drawn])
    with (corpus / "metadata.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    columns = [name for name in table[0] if name not in ("title", "year", "remember")]
    with (corpus / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table)
    marks = {row.file_name: row.remember for row in metadata.read(corpus)}
    assert marks.pop("pictures/drawn.jpg") == "yes"
    assert set(marks.values()) == {""}
    unmarked = [one.text for one in check([corpus]) if one.kind == "remember"]
    assert len(unmarked) == len(rows)
    assert "import its folder again" in unmarked[0]


def test_rows_survive_writing_and_reading(tmp_path: Path) -> None:
    row = Row(
        file_name="pictures/ü, \"x\".jpg", split="test", work_id="w", source="painting",
        licence="a, b", sha256="0", width=1, height=2, text="calm, blue\nwarm", artist="Ø",
        title="„Komposition“, 2", year="c. 1912", remember="no",
        parameters={"a": [1, {"b": "\n"}]}, raw=np.linspace(-1, 1, 29),
    )  # fmt: skip
    metadata.write(tmp_path, [row])
    (back,) = metadata.read(tmp_path)
    assert replace(back, raw=None) == replace(row, raw=None)
    assert back.texts == ("calm, blue", "warm")
    assert back.raw is not None
    assert np.allclose(back.raw, np.linspace(-1, 1, 29), atol=1e-5)
