"""The app's own word pieces against the library of the training, and against hostile files."""

import copy
import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from artdesk.bundle.reader import Bundle
from artdesk.core import paths
from artdesk.core.errors import BundleError
from artdesk.engine.words import pieces
from artdesk.engine.words.encoder import TextEncoder
from artdesk.engine.words.pieces import WordPieces
from artdesk.engine.words.table import read_inferred

SHIPPED = (paths.resources() / "bundle" / "tokenizer.json").read_bytes()
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
OURS = WordPieces.read(SHIPPED)
THEIRS = Tokenizer.from_str(SHIPPED.decode())


def theirs(text: str) -> list[int]:
    return list(THEIRS.encode(text).ids)


def shipped_words() -> Iterator[str]:
    folder = paths.resources() / "bundle"
    for entry in json.loads((folder / "words.json").read_text(encoding="utf-8")):
        yield entry["word"]
    with np.load(folder / "inferred.npz") as arrays:
        yield from read_inferred(dict(arrays))


def test_every_known_word_has_the_pieces_of_the_library() -> None:
    words = list(shipped_words())
    assert len(words) > 15_000
    found = THEIRS.encode_batch(words)
    assert [word for word, a in zip(words, found, strict=True) if OURS.encode(word) != a.ids] == []


def test_every_character_is_treated_as_the_library_does() -> None:
    # The library's tables are those of Unicode 8, Python's are younger: what came since, or was
    # given another category, may differ. `ucd_3_2_0` is the one old table that Python has.
    category, old = unicodedata.category, unicodedata.ucd_3_2_0.category
    # Of the long stretches of one kind (ideographs, Hangul, private use) every 13th.
    codes = [*range(0x3400), *range(0x3400, 0xF900, 13), *range(0xF900, 0x11000)]
    codes += [*range(0x1D000, 0x1D800), *range(0x11000, 0x110000, 13), *range(0xE0000, 0xE0200)]
    characters = [
        chr(code) for code in codes if category(chr(code)) == old(chr(code)) not in ("Cn", "Cs")
    ]
    assert len(characters) > 25_000
    characters += ["\ufffd", "\u2b82", "\U0002b820", "\U0002b91f", "\U0002b920"]
    texts = [f"cal{character}m" for character in characters]
    found = THEIRS.encode_batch(texts)
    assert [t for t, a in zip(texts, found, strict=True) if OURS.encode(t) != a.ids] == []
    normal = THEIRS.normalizer.normalize_str
    assert [t for t in texts if OURS._normal(t) != normal(t)] == []


# Letters, blanks and signs that meet each rule, beside everything else.
LIVELY = st.sampled_from(
    [
        *"calmwrth äÉñßİıΣς中文ーカ가각$+~—“”¿#-",
        *"\u0301\u0338\u200d\u00ad\u0085\u000b\u00a0\u2028\u3000\t\n\r\0",
    ]
)
OLD = st.characters(codec="utf-8").filter(
    lambda c: unicodedata.ucd_3_2_0.category(c) == unicodedata.category(c) != "Cn"
)


@settings(max_examples=600)
@given(st.text(st.one_of(LIVELY, OLD), max_size=80))
@example("Crème Brûlée, DÉJÀ-vu")
@example("a\u0327\u0301 \u1e09 x\u0338")
@example("warm中文calm")
@example("\0cal\ufffdm\u200b")
@example("ab" * 50)
@example("ab" * 50 + "c")
@example("calm " * 40)
@example("unbelievably " * 20)
@example("")
def test_random_text_has_the_pieces_of_the_library(text: str) -> None:
    if not any(mark in text for mark in MARKS):
        assert OURS.encode(text) == theirs(text)


@pytest.mark.parametrize("longest", [3, 4, 7, 32, 512])
def test_a_long_text_is_cut_like_the_library_does(longest: int) -> None:
    document = json.loads(SHIPPED)
    document["truncation"]["max_length"] = longest
    text = json.dumps(document)
    ours, library = WordPieces.read(text.encode()), Tokenizer.from_str(text)
    for count in {*range(9), *range(longest // 4, longest // 4 + 9), longest + 3}:
        phrase = "calm unfathomableness " * count
        assert ours.encode(phrase) == library.encode(phrase).ids
        assert len(ours.encode(phrase)) <= longest


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("ideographs", [True, False])
@pytest.mark.parametrize("strip", [True, False, None])
@pytest.mark.parametrize("lowercase", [True, False])
def test_every_setting_means_what_the_library_means(
    clean: bool, ideographs: bool, strip: bool | None, lowercase: bool
) -> None:
    document = json.loads(SHIPPED)
    document["normalizer"] = {
        "type": "BertNormalizer",
        "clean_text": clean,
        "handle_chinese_chars": ideographs,
        "strip_accents": strip,
        "lowercase": lowercase,
    }
    text = json.dumps(document)
    ours, library = WordPieces.read(text.encode()), Tokenizer.from_str(text)
    for phrase in ("Ärger \0and cré\u0301me", "calm中Warm", "a\u200db\tc\u2028d", "İSTANBUL ΣΑΣ"):
        assert ours.encode(phrase) == library.encode(phrase).ids


def test_marks_in_a_text_are_text() -> None:
    # Here we differ from the library, where an artist's "[SEP]" would end the sentence.
    for mark in MARKS:
        inner = OURS.encode(f"calm {mark} warm")[1:-1]
        assert not {OURS.start, OURS.end, 0} & set(inner)


def test_without_a_cut_the_network_still_gets_what_it_has_places_for(toy_bundle: Bundle) -> None:
    document = json.loads(toy_bundle.file("tokenizer.json"))
    document["truncation"] = None
    network = TextEncoder(toy_bundle.file("text.onnx"), json.dumps(document).encode())
    assert np.isfinite(network.encode("calm " * 200)).all()


def change(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return apply


SMALL = json.loads(SHIPPED)
SMALL["model"]["vocab"] = {
    piece: number for piece, number in SMALL["model"]["vocab"].items() if number < 120
}


@pytest.mark.parametrize(
    "fault",
    [
        change("model", to=None),
        change("model", "type", to="BPE"),
        change("model", "vocab", to={}),
        change("model", "vocab", to=["[CLS]"]),
        change("model", "vocab", "calm", to=5),
        change("model", "vocab", "[CLS]", to=-1),
        change("model", "vocab", "[CLS]", to=10**9),
        change("model", "vocab", "[CLS]", to=2.0),
        change("model", "vocab", "[CLS]", to=True),
        change("model", "vocab", "x" * 201, to=120),
        change("model", "unk_token", to="nowhere"),
        change("model", "max_input_chars_per_word", to=10**12),
        change("model", "max_input_chars_per_word", to=0),
        change("model", "continuing_subword_prefix", to=7),
        change("normalizer", "type", to="Precompiled"),
        change("normalizer", "lowercase", to="yes"),
        change("pre_tokenizer", "type", to="Split"),
        change("post_processor", "single", to=[]),
        change("post_processor", "single", 0, to={"Sequence": {"id": "A"}}),
        change("post_processor", "special_tokens", "[CLS]", "ids", to=[99]),
        change("post_processor", "special_tokens", "[CLS]", "ids", to=[2, 2]),
        change("truncation", "max_length", to=2),
        change("truncation", "max_length", to=2**63),
        change("truncation", "direction", to="Left"),
    ],
)
def test_another_tokenizer_is_refused(fault: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(SMALL)
    WordPieces.read(json.dumps(document).encode())
    fault(document)
    with pytest.raises(BundleError, match="install the model again"):
        WordPieces.read(json.dumps(document).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"model":' * 20_000,
        b'{"model": NaN}',
        b'{"model": 1' + b"0" * 5000 + b"}",
        b'{"model": {}, "model": {}}',
        SHIPPED[:-1],
        SHIPPED + b" " * pieces.MAX_CHARACTERS,
    ],
)
def test_what_is_no_tokenizer_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        WordPieces.read(data)


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """A file with a few bytes changed, a stretch doubled, lost or moved."""
    spoils = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        place, other = dice.randrange(len(spoils)), dice.randrange(len(spoils))
        kind = dice.randrange(4)
        if kind == 0:
            spoils[place] = dice.randrange(256)
        elif kind == 1:
            spoils[place] = dice.choice(b'{}[]":,0129-e.ntf\\u')
        elif kind == 2:
            del spoils[place : place + dice.randint(1, 40)]
        else:
            spoils[place:place] = spoils[other : other + dice.randint(1, 40)]
    return bytes(spoils)


def test_spoilt_files_give_a_bundle_error_or_a_whole_reader() -> None:
    dice = random.Random(20)
    data = json.dumps(SMALL, ensure_ascii=False).encode()
    refused = 0
    for _ in range(10_000):
        try:
            reader = WordPieces.read(spoilt(data, dice))
        except BundleError:
            refused += 1
            continue
        numbers = reader.encode("calm, warm Ärger 中 \0 [SEP] " * 9)
        assert 2 <= len(numbers) <= pieces.MAX_LENGTH
        assert min(numbers) >= 0
        assert max(numbers) < len(reader.numbers)
    assert refused > 5_000
