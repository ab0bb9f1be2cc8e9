"""What people say of pictures: alpha by hand, merging, texts, and contradictions."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.paths import resources
from tests.corpus_pictures import folder_of
from training.cli.corpus import app
from training.corpus import human_words, metadata
from training.corpus.agreement import alpha, interval, nominal
from training.corpus.annotating import annotate
from training.corpus.checking import check, disagreements
from training.corpus.importing import import_folder
from training.corpus.metadata import CorpusError
from training.corpus.texts import Lexicon

LEXICON = Lexicon.read(resources() / "words" / "lexicon.csv")
N = None
# The worked example of section C and D of Krippendorff 2011: four people, twelve units, gaps.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


def test_alpha_of_the_published_examples() -> None:
    assert alpha(PUBLISHED, nominal) == pytest.approx(0.743, abs=5e-4)
    assert alpha(PUBLISHED, interval) == pytest.approx(0.849, abs=5e-4)
    # Section A: two people, ten units, no gaps.
    two = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert alpha(two, nominal) == pytest.approx(0.095, abs=5e-4)
    # Section B: names.
    names = [[ord(name) for name in row] for row in ("aabbdcccedda", "babbbccceddd")]
    assert alpha(names, nominal) == pytest.approx(0.692, abs=5e-4)


def test_alpha_by_hand() -> None:
    """Two people, three pictures, values 0 0, 0 1, 1 1.

    Coincidences: o00 = 2, o01 = o10 = 1, o11 = 2; n0 = n1 = 3, n = 6. Observed disagreement 2,
    expected 2 * 3 * 3 / 5 = 3.6; alpha = 1 - 2 / 3.6 = 4 / 9.
    """
    assert alpha([[0, 0, 1], [0, 1, 1]], nominal) == pytest.approx(4 / 9)


def test_alpha_at_its_ends() -> None:
    assert alpha([[1, 2, 3], [1, 2, 3]], interval) == pytest.approx(1.0)
    opposite = alpha([[0, 1] * 20, [1, 0] * 20], nominal)
    assert opposite is not None
    assert opposite < -0.9
    assert alpha([[1, 1], [1, 1]], nominal) is None
    assert alpha([[1, N], [N, 2]], nominal) is None
    assert alpha([], nominal) is None
    # Of different sizes: names differ all alike, numbers by how far they are apart.
    near = [[1, 5, 9, 1], [1.1, 5.1, 9.1, 1.1]]
    assert alpha(near, interval) == pytest.approx(1.0, abs=0.01)
    with pytest.raises(ValueError, match="each picture"):
        alpha([[1], [1, 2]], nominal)


def test_alpha_of_chance_is_about_nothing() -> None:
    rng = np.random.default_rng(0)
    value = alpha(rng.integers(0, 3, (4, 2000)).tolist(), nominal)
    assert value == pytest.approx(0.0, abs=0.03)


def test_words_are_read_as_prompts() -> None:
    said = "Calm, very warm:0.5; not busy, not very loud, a bit green but never zzz"
    # As the app reads them: "not very" is a little of the opposite.
    assert [
        (part.text, part.factor, part.known) for part in human_words.parsed(said, LEXICON)
    ] == [
        ("calm", 1.0, True), ("warm", 0.7, True), ("busy", -1.0, True), ("loud", -0.5, True),
        ("green", 0.5, True), ("zzz", -1.0, False),
    ]  # fmt: skip
    values = human_words.axis_values("warm, not busy, strangeword", LEXICON)
    assert values[ATTRIBUTES.index("warmth")] > 0.5
    assert values[ATTRIBUTES.index("busyness")] < -0.5
    assert np.isnan(values[ATTRIBUTES.index("symmetry")])
    assert np.isnan(human_words.axis_values("strangeword", LEXICON)).all()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    import_folder(folder_of(tmp_path / "in", 4), folder)
    annotate([folder], LEXICON, 0, lambda done, total: None)  # noqa: ARG005
    return folder


def _table(path: Path, lines: str) -> Path:
    path.write_text("picture,annotator,words\n" + lines, encoding="utf-8")
    return path


def test_tables_are_merged_and_join_the_texts(corpus: Path, tmp_path: Path) -> None:
    before = [row.texts for row in metadata.read(corpus)]
    one = _table(
        tmp_path / "one.csv",
        'work_000,Ada,"warm, busy"\nwork_001.jpg,Ada,cool\nnothing,Ada,red\nwork_002,Ada,blorfic\n',
    )
    two = _table(tmp_path / "two.csv", 'pictures/work_000.jpg,Ben,"warm"\nwork_001,Ben,\n')
    result = CliRunner().invoke(app, ["words", str(one), str(two), str(corpus)])
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "4 judgements are new or changed; 2 people described 3 pictures" in said
    assert "1 lines name no picture of the corpus: nothing." in said
    assert "lexicon lacks: blorfic" in said
    assert "axis warmth: undefined" in said
    rows = metadata.read(corpus)
    assert rows[0].texts == (*before[0], "warm, busy", "warm")
    assert rows[3].texts == before[3]
    assert human_words.read(corpus)["pictures/work_000.jpg", "Ben"] == "warm"
    # A second judgement replaces the first, also in the texts; annotating again keeps it.
    again = _table(tmp_path / "again.csv", "work_000,Ada,dark\n")
    assert CliRunner().invoke(app, ["words", str(again), str(corpus)]).exit_code == 0
    expected = (*before[0], "dark", "warm")
    assert metadata.read(corpus)[0].texts == expected
    annotate([corpus], LEXICON, 0, lambda done, total: None)  # noqa: ARG005
    assert metadata.read(corpus)[0].texts == expected
    assert check([corpus], near=False) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("picture,words\nwork_000,red\n", "lacks the column 'annotator'"),
        ("picture,annotator,words\n,Ada,red\n", "names no picture or no annotator"),
        ("picture,annotator,words\nwork_000,Ada,(red\n", "Line 2 .* cannot be understood"),
        ("picture,annotator,words\nelsewhere,Ada,red\n", "No line names a picture"),
        (None, "cannot be read"),
    ],
)
def test_bad_tables_are_refused_in_one_sentence(
    corpus: Path, tmp_path: Path, text: str | None, message: str
) -> None:
    table = tmp_path / "table.csv"
    if text is not None:
        table.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        human_words.merge(corpus, [table], LEXICON)
    assert not (corpus / human_words.FILE_NAME).exists()


def test_agreement_by_word_and_by_axis() -> None:
    said = {}
    for number in range(8):
        words = "warm, red" if number % 2 else "cool, blue"
        for person in ("Ada", "Ben"):
            said[f"p{number}", person] = words
    assert {line.name: line.alpha for line in human_words.word_agreement(said, LEXICON)} == {
        "warm": 1.0, "red": 1.0, "cool": 1.0, "blue": 1.0,
    }  # fmt: skip
    axes = {line.name: line for line in human_words.axis_agreement(said, LEXICON)}
    assert axes["warmth"].alpha == pytest.approx(1.0)
    assert axes["warmth"].uses == 16
    assert axes["symmetry"].alpha is None
    said["p0", "Ben"] = "warm"
    worse = {line.name: line for line in human_words.axis_agreement(said, LEXICON)}
    assert worse["warmth"].alpha < 0.9


def test_people_against_measures_are_listed_but_no_fault(corpus: Path) -> None:
    rows = metadata.read(corpus)
    index = ATTRIBUTES.index("warmth")
    warmest = max(rows, key=lambda row: row.raw[index])
    human_words.write(corpus, {(warmest.file_name, "Ada"): "cold, icy"})
    (line,) = [line for line in disagreements([corpus]) if " cool " in line]
    assert "Ada calls" in line
    assert "measures warm" in line
    assert check([corpus], near=False) == []
    result = CliRunner().invoke(app, ["check", "--no-near", str(corpus)])
    assert result.exit_code == 0
    assert "note: Ada calls" in result.output
    human_words.write(corpus, {("pictures/gone.jpg", "Ada"): "red"})
    assert [fault.kind for fault in check([corpus], near=False)] == ["label"]
