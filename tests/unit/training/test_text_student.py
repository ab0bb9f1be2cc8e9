"""The word encoder: shapes, a resumed training, and what the kept weights read."""

import csv
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from artdesk.core.attributes import ATTRIBUTES, WORD_DIM
from artdesk.core.errors import WordsError
from models.words import WordEncoder, WordEncoderConfig
from tests.text_samples import DOCUMENT, tiny_material
from training.export.word_encoder import compare
from training.words import distil, evaluate, student, table, vocabulary
from training.words.material import Batches
from training.words.nonsense import NonsenseMaker

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = ROOT / "weights"
LEXICON = ROOT / "resources" / "words" / "lexicon.csv"


def small(vocabulary_size: int = 60) -> WordEncoder:
    torch.manual_seed(0)
    return WordEncoder(
        WordEncoderConfig(vocabulary=vocabulary_size, width=24, layers=1, heads=2, feed_forward=32)
    )


def test_output_is_a_word_vector_and_padding_changes_nothing() -> None:
    model = small().eval()
    short = torch.tensor([[2, 9, 3]])
    padded = torch.tensor([[2, 9, 3, 0, 0], [2, 7, 8, 9, 3]])
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    with torch.inference_mode():
        alone = model(short, torch.ones_like(short))
        both = model(padded, mask)
    assert both.shape == (2, WORD_DIM)
    assert torch.allclose(both[0], alone[0], atol=1e-5)
    assert both[:, : len(ATTRIBUTES)].abs().max() <= 1.0
    assert torch.allclose(both[:, len(ATTRIBUTES) :].norm(dim=1), torch.ones(2), atol=1e-5)


@pytest.mark.parametrize(
    ("sizes", "message"), [({"heads": 5}, "divisible by heads 5"), ({"layers": 0}, "layers is 0")]
)
def test_impossible_sizes_are_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WordEncoderConfig(vocabulary=10, **sizes)


@pytest.fixture
def signals() -> Iterator[None]:
    """Training listens to SIGINT and SIGTERM; give them back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_a_stopped_training_ends_where_an_unbroken_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = list(DOCUMENT["model"]["vocab"])
    tokenizer = Tokenizer.from_str(vocabulary.rebuild(DOCUMENT, pieces))
    # The rate follows the clock only when time is short, so steps alone decide here.
    plan = distil.DistillationPlan(steps=6, minutes=10_000.0, checkpoint=tmp_path / "unbroken.pt")

    class StopAfterThree(distil.Stop):
        asked = 0

        @property
        def wanted(self) -> bool:
            type(self).asked += 1
            return type(self).asked > 3

        @wanted.setter
        def wanted(self, value: bool) -> None:
            del value

    unbroken = small(len(pieces))
    assert distil.train(unbroken, tokenizer, Batches(tiny_material(), 1), plan)

    broken = small(len(pieces))
    plan = distil.DistillationPlan(steps=6, minutes=10_000.0, checkpoint=tmp_path / "broken.pt")
    with monkeypatch.context() as patch:
        patch.setattr(distil, "Stop", StopAfterThree)
        assert not distil.train(broken, tokenizer, Batches(tiny_material(), 1), plan)
    resumed = small(len(pieces))
    assert distil.train(resumed, tokenizer, Batches(tiny_material(), 1), plan)
    state = resumed.state_dict()
    for name, value in unbroken.state_dict().items():
        assert torch.allclose(value, state[name], atol=1e-5), name


def test_narrow_pieces_are_widened_and_start_from_the_teacher() -> None:
    model = small(120)
    assert model.pieces.weight.shape == (120, 96)
    teacher = np.random.default_rng(2).normal(size=(120, 128)).astype(np.float32)
    distil.start_embeddings(model, teacher)
    wide = model.body.embeddings.word_embeddings(torch.arange(120))
    assert wide.shape == (120, 24)
    assert 0.015 < float(wide.detach().std()) < 0.027
    config = WordEncoderConfig(
        vocabulary=120, embedding=24, width=24, layers=1, heads=2, feed_forward=32
    )
    plain = WordEncoder(config)
    distil.start_embeddings(plain, teacher)
    assert plain.pieces.weight.shape == (120, 24)
    assert float(plain.pieces.weight.detach().std()) == pytest.approx(0.02, rel=0.02)


def test_integers_lose_little() -> None:
    pieces = list(DOCUMENT["model"]["vocab"])
    model = student.Student(
        small(len(pieces)).eval(), Tokenizer.from_str(vocabulary.rebuild(DOCUMENT, pieces))
    )
    found = compare(model, ["warm", "cool colour", "tax"])
    assert found["words"] == 3
    assert found["meaning_cosine_lowest"] > 0.97
    assert found["attribute_difference_largest"] < 0.1


def test_score_counts_pole_and_axis() -> None:
    truth = np.zeros((3, len(ATTRIBUTES)), np.float32)
    truth[:, 0], truth[:, 4] = (1.0, -1.0, 0.8), 0.4
    read = np.zeros_like(truth)
    read[0, 0] = 0.5  # right axis and pole
    read[1, 0], read[1, 4] = -0.1, 0.2  # the pole is right, the axis is a lesser one of the word
    read[2, 0] = -0.9  # wrong pole
    found = evaluate.score(read, truth)
    assert (found.count, found.pole, found.named, found.strongest) == (3, 0.6667, 0.6667, 0.3333)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"word encoder in .*python -m training text"):
        student.load_student(tmp_path)


# From here on: the weights that are kept in the repository.


@pytest.fixture(scope="module")
def trained() -> student.Student:
    return student.load_student(WEIGHTS)


@pytest.fixture(scope="module")
def known() -> tuple[list[str], np.ndarray, float]:
    words = [entry["word"] for entry in json.loads((WEIGHTS / "words.json").read_text("utf-8"))]
    with np.load(WEIGHTS / "words.npz", allow_pickle=False) as arrays:
        return words, arrays["vectors"], float(arrays["thresholds"][0])


def test_tokenizer_spells_any_english_text(trained: student.Student) -> None:
    size = trained.model.config.vocabulary
    for text in ("luminous", "Wine-Dark sea", "zxqjkv", "café", "a" * 90, "it's 1920s art!"):
        encoding = trained.tokenizer.encode(text)
        assert max(encoding.ids) < size
        assert len(encoding.ids) <= vocabulary.LONGEST
    for word in ("luminous", "geometric", "wine-dark sea"):
        encoding = trained.tokenizer.encode(word)
        assert "[UNK]" not in encoding.tokens
        assert trained.tokenizer.decode(encoding.ids).replace(" - ", "-") == word


@pytest.mark.parametrize(
    ("first", "second", "attribute"),
    [
        ("warm", "cool", "warmth"),
        ("hot", "cold", "warmth"),
        ("bright", "dark", "brightness"),
        ("vivid", "muted", "vividness"),
        ("busy", "minimal", "busyness"),
        ("geometric", "organic", "geometry"),
        ("rough", "smooth", "texture"),
        ("dynamic", "static", "dynamism"),
        ("angular", "round", "angularity"),
        ("dense", "airy", "density"),
        ("bold", "delicate", "boldness"),
    ],
)
def test_opposites_end_on_opposite_sides(
    trained: student.Student, first: str, second: str, attribute: str
) -> None:
    # "dark" is among the words whose labels were held out; the others were learnt.
    one, other = trained.read([first, second])[:, ATTRIBUTES.index(attribute)]
    assert one > 0.1 > -0.1 > other


def test_nonsense_is_unknown_and_rare_words_are_known(
    trained: student.Student, known: tuple[list[str], np.ndarray, float]
) -> None:
    words, vectors, threshold = known
    meaning = table.unit_semantic(vectors)
    maker = NonsenseMaker(words, set(words))
    random = np.random.default_rng(99)
    for kind in ("letters", "mashed"):
        texts = [maker.make(kind, random) for _ in range(60)]
        assert (evaluate.nearest_cosine(trained, meaning, texts) < threshold).mean() > 0.85
    rare = [
        "lambent",
        "sallow",
        "turbid",
        "effulgent",
        "lurid",
        "verdant",
        "wintry",
        "spindly",
        "frenetic",
        "sinuous",
        "ochre",
        "tangled",
        "velvety",
        "parched",
        "drizzly",
        "molten",
    ]
    assert (evaluate.nearest_cosine(trained, meaning, rare) >= threshold).mean() > 0.75  # fmt: skip


def test_the_table_keeps_the_lexicon_exactly(
    known: tuple[list[str], np.ndarray, float],
) -> None:
    words, vectors, _ = known
    row = {word: n for n, word in enumerate(words)}
    assert len(row) == len(words)
    with LEXICON.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["word"] in row]
    assert len(lines) > 400
    for line in lines:
        expected = np.zeros(len(ATTRIBUTES), np.int8)
        for item in line["attributes"].split(";"):
            name, _, strength = item.partition("=")
            expected[ATTRIBUTES.index(name)] = np.rint(float(strength) * 127)
        assert np.array_equal(vectors[row[line["word"]], : len(ATTRIBUTES)], expected), line
