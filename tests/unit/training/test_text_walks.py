"""Walks over WordNet and the targets inferred from them, on a small made-up WordNet."""

from pathlib import Path

import numpy as np
import pytest

from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES
from artdesk.core.errors import WordsError
from training.words import evaluate, targets, walks, wordnet

# Two opposite clusters, a noun and a stranger; "torrid" is tied to warm by its definition alone.
FILES = {
    "data.adj": """\
  1 a licence line
00000100 00 a 01 warm 0 003 ! 00000200 a 0101 & 00000110 s 0000 = 00000500 n 0000 | having heat
00000110 00 s 01 toasty 0 001 & 00000100 a 0000 | pleasant; "a warm and cool room"
00000200 00 a 01 cool 0 002 ! 00000100 a 0101 & 00000210 s 0000 | not hot
00000210 00 s 02 chilly(p) 0 Siberian 0 001 & 00000200 a 0000 | uncomfortable
00000300 00 a 01 torrid 0 000 | extremely warm
00000400 00 a 01 square 0 000 | having corners
""",
    "index.adj": """\
  1 a licence line
chilly a 1 1 & 1 0 00000210
cool a 1 2 ! & 1 1 00000200
siberian a 1 1 & 1 0 00000210
square a 1 0 1 0 00000400
toasty a 1 1 & 1 0 00000110
torrid a 1 0 1 0 00000300
warm a 1 3 ! & = 1 1 00000100
""",
    "data.noun": """\
00000500 07 n 01 temperature 0 001 = 00000100 a 0000 | a degree
00000600 07 n 01 corner 0 000 | where two lines meet
""",
    "index.noun": "temperature n 1 1 = 1 1 00000500\ncorner n 1 0 1 1 00000600\n",
    "data.verb": "00000700 30 v 01 run 0 000 00 | move fast\n",
    "index.verb": "run v 1 0 1 1 00000700\n",
    "data.adv": "00000800 02 r 01 warmly 0 001 \\ 00000100 a 0101 | in a warm manner\n",
    "index.adv": "warmly r 1 1 \\ 1 1 00000800\n",
}
WORDS = ["warm", "toasty", "cool", "chilly", "torrid", "square", "half-warm", "unheard"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def likeness(found: walks.Walks, first: str, second: str) -> tuple[float, float]:
    """The two kernels between two words: turning at antonyms, and not turning."""
    rows = [WORDS.index(first)], [WORDS.index(second)]
    return (
        float((found.signed[rows[0]] @ found.signed[rows[1]].T).toarray().item()),
        float((found.either[rows[0]] @ found.either[rows[1]].T).toarray().item()),
    )


def test_chances_of_a_step_sum_to_one_and_antonyms_change_sides(folder: Path) -> None:
    links = walks.read_links(folder)
    count = len(links.numbers)
    total = np.asarray(links.steps.sum(axis=1)).ravel()
    assert np.allclose(total[total > 0], 1.0)
    warm, cool = links.numbers["a", "warm"], links.numbers["a", "cool"]
    assert links.steps[warm, count + cool] > 0
    assert links.steps[count + warm, cool] == links.steps[warm, count + cool]
    assert links.steps[warm, cool] == 0
    # Examples define nothing: "toasty" leads to neither of the words in its example.
    toasty = links.numbers["a", "#00000110"]
    assert links.steps[toasty, links.numbers["", "cool"]] == 0
    assert links.steps[links.numbers["a", "#00000300"], links.numbers["", "warm"]] > 0


def test_walks_know_sides_and_definitions(folder: Path) -> None:
    found = walks.walk(walks.read_links(folder), WORDS)
    signed, either = likeness(found, "warm", "cool")
    assert signed < 0 < either
    assert likeness(found, "toasty", "chilly")[0] < 0 < likeness(found, "toasty", "warm")[0]
    assert likeness(found, "torrid", "warm")[0] > 0.1
    assert abs(likeness(found, "square", "warm")[1]) < likeness(found, "torrid", "warm")[1]
    # A compound sets out from its known part; an unknown word goes nowhere.
    assert likeness(found, "half-warm", "warm")[0] == pytest.approx(1.0)
    assert found.signed[[WORDS.index("unheard")]].nnz == 0
    lengths = np.sqrt(np.asarray(found.either.multiply(found.either).sum(axis=1)).ravel())
    assert np.allclose(lengths[:-1], 1.0)


def test_walking_in_parts_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = walks.read_links(folder)
    whole = walks.walk(links, WORDS)
    monkeypatch.setattr(walks, "_BLOCK", 3)
    parts = walks.walk(links, WORDS)
    assert abs(whole.signed - parts.signed).max() < 1e-12
    assert abs(whole.either - parts.either).max() < 1e-12


def test_the_order_of_a_definitions_words_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "data.noun"
    file.write_text(file.read_text().replace("two lines meet", "warm cool square run corner meet"))
    real = walks._defining_words

    def added(backwards: bool) -> list[tuple[int, int, float]]:
        # A dictionary keeps its order, where that of a set hangs on the run.
        links: list[tuple[int, int, float]] = []
        monkeypatch.setattr(
            walks,
            "_defining_words",
            lambda *of: dict.fromkeys(sorted(real(*of), reverse=backwards)),
        )
        monkeypatch.setattr(walks._Edges, "add", lambda _, *link: links.append(link))
        monkeypatch.setattr(walks._Edges, "steps", lambda _: None)
        walks.read_links(folder)
        return links

    assert added(False) == added(True)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "data.verb").unlink()
    with pytest.raises(WordsError, match=r"data\.verb cannot be read.*wordnet-base"):
        walks.read_links(folder)


def evidence(folder: Path) -> targets.Evidence:
    text = np.random.default_rng(4).normal(size=(len(WORDS), 16)).astype(np.float32)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    return targets.Evidence(WORDS, text, walks.walk(walks.read_links(folder), WORDS))


def label(**strengths: float) -> np.ndarray:
    vector = np.zeros(ATTRIBUTE_COUNT, np.float32)
    for name, value in strengths.items():
        vector[ATTRIBUTES.index(name)] = value
    return vector


def test_targets_turn_at_antonyms_and_never_name_the_opposite_of_a_hue(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    labels = {
        "warm": label(warmth=1.0, red=0.8),
        "square": label(angularity=1.0),
        "elsewhere": label(warmth=-1.0),
    }
    found = targets.infer(adjectives, labels, evidence(folder))
    read = dict(zip(WORDS, found.values, strict=True))
    warmth, red = ATTRIBUTES.index("warmth"), ATTRIBUTES.index("red")
    assert np.array_equal(read["warm"], labels["warm"])
    assert read["cool"][warmth] < 0 < read["toasty"][warmth]
    assert read["torrid"][warmth] > 0.1
    assert (found.values[:, len(ATTRIBUTES) - 13 :] >= 0.0).all()
    assert read["toasty"][red] > 0.0
    assert np.abs(found.values).max() <= 1.0
    sure = {word for word, trust in zip(WORDS, found.trust, strict=True) if trust == 1.0}
    assert sure == {"warm", "square"}


def test_a_word_that_is_left_out_informs_nothing(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    known = evidence(folder)
    labels = {"warm": label(warmth=1.0), "square": label(angularity=1.0)}
    whole = targets.infer(adjectives, labels, known)
    part = targets.infer(adjectives, labels, known.of(["torrid", "warm", "square"]))
    assert np.allclose(part.values[0], whole.values[WORDS.index("torrid")], atol=1e-6)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("fog", True),
        ("fogginess", True),
        ("sea-fog", True),
        ("fox", False),
        ("frog", False),
        ("dimness", True),
        ("dim-lit", True),
    ],
)
def test_words_with_the_stem_of_a_held_out_word(word: str, found: bool) -> None:
    assert targets.same_stem(word, ["foggy", "dim"]) is found


def test_no_label_of_a_tested_word_reaches_its_reading(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adjectives = wordnet.read_adjectives(folder)
    labels = {
        "warm": label(warmth=1.0),
        "toasty": label(warmth=0.7, brown=0.5),
        "cool": label(warmth=-1.0),
        "torrid": label(warmth=0.9),
        "square": label(angularity=1.0),
        "half-warm": label(warmth=0.4),
    }
    asked: list[set[str]] = []
    real = targets.infer

    def spy(*arguments: object) -> targets.Targets:
        asked.append(set(arguments[1]))  # type: ignore[call-overload]
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(targets, "infer", spy)
    read = evaluate.cross_validate(adjectives, labels, evidence(folder), folds=3)
    assert read.count == 5
    group = targets.groups(adjectives, [word for word in labels if word != "half-warm"])
    for rest in asked:
        left = set(group) - rest
        assert not {group[word] for word in left} & {group[word] for word in rest & set(group)}
        assert not ("half-warm" in rest and "warm" in left)
