"""WordNet, vocabulary, targets, nonsense and batches of the word encoder's training."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES
from artdesk.core.errors import WordsError
from artdesk.engine.words.table import INFERRED_FILE, read_inferred
from tests.text_samples import DOCUMENT, tiny_material
from training.corpus.lexicon import Entry, read_lexicon
from training.words import material, semantic, table, targets, vocabulary, wordnet
from training.words.nonsense import KINDS, NonsenseMaker
from training.words.table import EXCLUDED_FILE, merge_entries, read_excluded, write_inferred

ROOT = Path(__file__).resolve().parents[3]

# Two clusters that are opposites, in the format of wndb(5WN); offsets are plain numbers here.
DATA = """\
  1 a licence line, indented by two spaces
00000100 00 a 01 warm 0 003 ! 00000200 a 0101 & 00000110 s 0000 & 00000120 s 0000 | hot; "hot air"
00000110 00 s 02 toasty 0 tepid(p) 0 001 & 00000100 a 0000 | pleasantly warm
00000120 00 s 01 sun-warmed 0 001 & 00000100 a 0000 | warmed by the sun
00000200 00 a 01 cool 0 002 ! 00000100 a 0101 & 00000210 s 0000 | lacking heat
00000210 00 s 02 chilly 0 Siberian 0 001 & 00000200 a 0000 | uncomfortably cool
"""
INDEX = """\
  1 a licence line
chilly a 1 1 & 1 0 00000210
cool a 1 2 ! & 1 1 00000200
siberian a 1 1 & 1 0 00000210
sun-warmed a 1 1 & 1 0 00000120
tepid a 1 1 & 1 0 00000110
toasty a 1 1 & 1 0 00000110
warm a 1 2 ! & 1 1 00000100
"""
COUNTS = "warm%3:00:01:: 1 20\nchilly%5:00:00:cool:00 1 3\nroom%1:06:00:: 1 9\nbad%2:1:: 1 4\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data.adj").write_text(DATA, encoding="utf-8")
    (tmp_path / "index.adj").write_text(INDEX, encoding="utf-8")
    (tmp_path / "index.noun").write_text("room n 1 0 1 1 00000001\n", encoding="utf-8")
    (tmp_path / "cntlist.rev").write_text(COUNTS, encoding="utf-8")
    return tmp_path


def label(**strengths: float) -> np.ndarray:
    vector = np.zeros(ATTRIBUTE_COUNT, np.float32)
    for name, value in strengths.items():
        vector[ATTRIBUTES.index(name)] = value
    return vector


def test_clusters_antonyms_and_proper_names(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    assert adjectives.words() == ["chilly", "cool", "sun-warmed", "tepid", "toasty", "warm"]
    assert adjectives.cluster(120) == 100
    assert adjectives.cluster(200) == 200
    assert adjectives.antonym_pairs() == [("cool", "warm")]
    assert adjectives.synsets[100].gloss == "hot"


def test_frequent_words_are_those_that_were_tagged(folder: Path) -> None:
    assert wordnet.read_frequent_nouns(folder, 5) == ["room"]
    assert wordnet.read_adjective_counts(folder) == {"warm": 20, "chilly": 3}


def test_a_folder_without_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"data\.adj cannot be read.*wordnet-base"):
        wordnet.read_adjectives(tmp_path)


def test_a_damaged_line_is_quoted(folder: Path) -> None:
    (folder / "data.adj").write_text("00000100 00 a 05 warm 0 | cut\n", encoding="utf-8")
    with pytest.raises(WordsError, match="00000100 00 a 05"):
        wordnet.read_adjectives(folder)


def test_meaning_spreads_over_links_and_turns_at_antonyms(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    words = adjectives.words()
    values, weights = targets.spread(adjectives, words, {"warm": label(warmth=1.0, red=0.5)})
    warmth, red = ATTRIBUTES.index("warmth"), ATTRIBUTES.index("red")
    by_word = dict(zip(words, values, strict=True))
    assert by_word["toasty"][warmth] == pytest.approx(1.0)
    assert by_word["chilly"][warmth] < 0 < by_word["sun-warmed"][warmth]
    assert by_word["cool"][warmth] < -0.5
    assert by_word["toasty"][red] == pytest.approx(0.5)
    assert by_word["cool"][red] == 0.0  # not red names no colour
    assert weights[words.index("warm")] == 0.0  # a word never informs itself
    assert weights[words.index("toasty")] == pytest.approx(0.7)


def test_held_out_groups_keep_opposites_together(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    group = targets.groups(adjectives, ["warm", "cool", "chilly", "toasty", "unheard"])
    assert len({group[word] for word in ("warm", "cool", "chilly", "toasty")}) == 1
    assert group["unheard"] != group["warm"]


def test_no_pole_loses_its_plain_words_to_the_test(folder: Path) -> None:
    adjectives = wordnet.read_adjectives(folder)
    labels = {"warm": label(warmth=1.0), "cool": label(warmth=-1.0), "toasty": label(brown=1.0)}
    random = np.random.default_rng(0)
    # The only cluster holds names of poles.
    assert material.choose_held_out(adjectives, labels, random, share=1.0) == []
    alone = {"toasty": label(brown=1.0)}
    assert material.choose_held_out(adjectives, alone, random, share=1.0) == []


@pytest.mark.parametrize(
    ("word", "found"), [("lit", True), ("half-lit", True), ("litter", False), ("dim", False)]
)
def test_compounds_of_held_out_words_are_not_learnt(word: str, found: bool) -> None:
    assert material.touches(word, frozenset({"lit"})) is found


def test_derived_words_keep_their_attributes() -> None:
    old = [Entry("aglow", {"brightness": 0.4}, "derived", "wordnet")]
    new = [
        Entry("aglow", {"brightness": 0.9}, "derived", "wordnet"),
        Entry("ablaze", {"warmth": 0.5}, "derived", "wordnet"),
        Entry("good", {"warmth": 0.5}, "derived", "wordnet"),
    ]
    merged = merge_entries(old, new, {"good"})
    assert [entry.word for entry in merged] == ["ablaze", "aglow"]
    assert merged[1].attributes == {"brightness": 0.4}
    assert merge_entries(old, [], {"aglow"}) == []


def test_inferred_words_survive_their_file_and_fit_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The table reads "warmer", and "rojo" is Spanish.
    words = ["aglow", "dull", "faint", "lurid", "rojo", "vague", "very", "warm", "warmer"]
    values = np.zeros((len(words), ATTRIBUTE_COUNT), np.float32)
    values[:, 0], values[:, 2] = 0.8, -0.3
    values[0, :6] = 0.6, -0.5, 0.4, 0.3, 0.2, 0.05
    values[1] *= 0.15
    values[2] *= 0.1
    values[3] *= 0.2

    def written() -> dict[str, NDArray[np.int8]]:
        assert write_inferred(tmp_path, words, values, {"dull": 9, "vague": 1}, ["warm"]) >= 0
        with np.load(tmp_path / INFERRED_FILE, allow_pickle=False) as arrays:
            return read_inferred(arrays)

    found = written()
    assert sorted(found) == ["aglow", "dull", "lurid", "vague"]
    np.testing.assert_array_equal(found["aglow"][:6], [76, -64, 51, 38, 0, 0])
    np.testing.assert_array_equal(found["lurid"][:3], [20, 0, 0])
    size = (tmp_path / INFERRED_FILE).stat().st_size
    first = (tmp_path / INFERRED_FILE).read_bytes()
    assert sorted(written()) == sorted(found)
    assert (tmp_path / INFERRED_FILE).read_bytes() == first
    # Weak words go first, and of the strong ones those that nobody uses.
    left = []
    while len(found) > 1:
        size -= 1
        monkeypatch.setattr(table, "_INFERRED_BYTES", size)
        fewer = written()
        assert (tmp_path / INFERRED_FILE).stat().st_size <= size
        left += sorted(found.keys() - fewer.keys())
        found = fewer
    assert set(left[:2]) == {"dull", "lurid"}
    assert list(found) == ["vague"]


def test_ridge_reproduces_labels_and_reads_between_them() -> None:
    angles = np.linspace(0.0, 3.0, 40)
    features = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    truth = np.stack([np.cos(angles)], axis=1).astype(np.float32)
    rows = np.arange(0, 40, 2)
    read = targets.ridge(features, rows, truth[rows], penalty=0.01)
    assert np.abs(read - truth).max() < 0.05


def test_emptiest_direction_is_far_from_all_words() -> None:
    random = np.random.default_rng(3)
    vectors = semantic.unit_rows(random.normal(size=(300, 64)).astype(np.float32) + 0.2)
    found = material.emptiest_direction(vectors)
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)
    typical = (vectors @ semantic.unit_rows(random.normal(size=(1, 64)).astype(np.float32)).T).max()
    assert (vectors @ found).max() < typical


@pytest.mark.parametrize("kind", KINDS)
def test_nonsense_is_repeatable_and_never_a_known_word(kind: str) -> None:
    words = ["luminous", "geometric", "serene", "chaotic", "velvet"]
    maker = NonsenseMaker(words, set(words))
    texts = [maker.make(kind, np.random.default_rng(n)) for n in range(60)]
    assert texts == [maker.make(kind, np.random.default_rng(n)) for n in range(60)]
    assert not set(texts) & set(words)
    assert all(4 <= len(text) <= 16 for text in texts)


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    first, second = (material.Batches(tiny_material(), seed=5) for _ in range(2))
    second.draw(1)
    one, two = first.draw(9), second.draw(9)
    assert one.texts == two.texts
    assert np.array_equal(one.signs, two.signs)
    assert one.texts != first.draw(10).texts
    assert len(one.texts) == len(one.semantic) == len(one.attributes) == len(one.weights)
    assert "gloomy" not in one.texts
    pairs = one.texts[one.pairs_from :]
    assert all(
        {a, b} in ({"warm", "cool"}, {"bright", "dark"})
        for a, b in zip(pairs[::2], pairs[1::2], strict=True)
    )
    assert np.abs(one.signs).max(axis=1).min() == 1.0


def test_pruning_keeps_pieces_letters_and_their_order() -> None:
    # 4 special pieces and 28 letters stay in any case; room for two more.
    pieces = vocabulary.prune(DOCUMENT, ["warmer"], size=34)
    assert pieces[:4] == list(vocabulary.SPECIAL)
    assert {"warm", "##er", "a", "##a"} <= set(pieces)
    assert not {"tax", "##ness", "[MASK]"} & set(pieces)
    tokenizer = vocabulary.Tokenizer.from_str(vocabulary.rebuild(DOCUMENT, pieces))
    assert tokenizer.encode("Warmer").tokens == ["[CLS]", "warm", "##er", "[SEP]"]
    assert tokenizer.decode(tokenizer.encode("warmer").ids) == "warmer"
    assert tokenizer.encode("warmer").ids[0] == 2
    assert tokenizer.get_vocab_size() == len(pieces)
    # A word whose pieces were cut is spelt, not lost.
    assert "[UNK]" not in tokenizer.encode("cool").tokens
    assert len(tokenizer.encode("warm " * 90).ids) == vocabulary.LONGEST


def test_pruning_keeps_what_most_texts_use() -> None:
    texts = ["cooler", "warmer", "coolness"]
    kept = set(vocabulary.prune(DOCUMENT, texts, size=34))
    assert {"cool", "##er"} <= kept
    assert not {"warm", "##ness"} & kept
    assert len(vocabulary.prune(DOCUMENT, texts, size=0)) == 32


def test_pruning_fills_up_from_the_most_frequent() -> None:
    full = vocabulary.prune(DOCUMENT, [], size=10_000)
    assert {"cool", "tax", "colour"} <= set(full)
    assert "##ness" not in full


@pytest.mark.parametrize("text", ["", "{", '{"model": 3}', json.dumps({"model": {"type": "BPE"}})])
def test_a_foreign_tokenizer_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WordsError, match="tokenizer"):
        vocabulary.read_tokenizer(path)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("warm,warmth=2,a,b", "warmth must lie in -1 to 1"),
        ("warm,heat=1,a,b", "'heat', which is no attribute"),
        ("warm,warmth=very,a,b", "a name, an equals sign and a number"),
        ("Warm,warmth=1,a,b", "Line 2 .* no word in lower case"),
        ("warm,warmth=1,a,b\nwarm,warmth=1,a,b", "'warm' a second time"),
        ("", "no words"),
    ],
)
def test_a_wrong_lexicon_line_is_named(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(f"word,attributes,kind,source\n{body}\n", encoding="utf-8")
    with pytest.raises(WordsError, match=message):
        read_lexicon(path)


def test_derived_words_are_not_in_the_lexicon_and_not_struck_out() -> None:
    folder = ROOT / "resources" / "words"
    derived = {entry.word for entry in read_lexicon(folder / "wordnet.csv")}
    excluded = read_excluded(folder / EXCLUDED_FILE)
    assert not derived & {entry.word for entry in read_lexicon(folder / "lexicon.csv")}
    assert excluded
    assert not derived & excluded


def test_the_basis_survives_its_file(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    encoded = random.normal(size=(3, 200, 96)).astype(np.float32)
    basis = semantic.fit_basis(encoded)
    semantic.save_basis(tmp_path / "basis.safetensors", basis)
    again = semantic.load_basis(tmp_path / "basis.safetensors")
    assert np.array_equal(again.means, basis.means)
    assert np.array_equal(again.components, basis.components)
    assert np.allclose(basis.components @ basis.components.T, np.eye(64), atol=2e-3)
    assert np.allclose(np.linalg.norm(again.project(encoded), axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("data", [b"", b"no safetensors"])
def test_a_damaged_basis_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "basis.safetensors"
    path.write_bytes(data)
    with pytest.raises(WordsError, match=r"meaning basis .*python -m training text"):
        semantic.load_basis(path)
