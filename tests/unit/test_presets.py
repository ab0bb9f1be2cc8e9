"""Presets, the words of late, surprises: small files that lose nothing, locks that hold."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.errors import OutputError, RecipeError
from artdesk.core.recipe import Canvas, Sampling, Sketch, Swatch, Word
from artdesk.studio import presets
from artdesk.studio.draft import Draft
from artdesk.studio.presets import Presets
from artdesk.studio.surprise import surprise
from artdesk.studio.word_history import MOST, WordHistory

DRAFT = Draft(
    words=(Word(text="bold", weight_percent=140),),
    swatches=(Swatch(colour="#102030"), None, None, None, None),
    canvas=Canvas(width=512, height=256),
    sampling=Sampling(steps=20, guidance_milli=4000),
    seed=9,
)


def test_a_preset_comes_back_without_seed_batch_and_locked_controls(tmp_path: Path) -> None:
    kept = Presets(tmp_path / "presets")
    assert kept.names() == ()
    assert kept.save("  My   look ", DRAFT) == "My look"
    loaded = kept.load("My look")
    assert loaded == DRAFT
    own = Draft(seed=4, batch=3, locked_controls=frozenset({"steps"}))
    used = presets.apply(loaded, own)
    assert (used.seed, used.batch, used.sampling.steps) == (4, 3, own.sampling.steps)
    assert used.sampling.guidance_milli == 4000
    held = replace(DRAFT, swatches=(Swatch(colour="#102030"),) * 5, held=frozenset({1, 2, 3, 4}))
    assert presets.apply(held, own).swatches == DRAFT.swatches
    assert (used.words, used.swatches, used.canvas) == (DRAFT.words, DRAFT.swatches, DRAFT.canvas)


@pytest.mark.parametrize("name", ["../../etc/x", "a/b\\c", "", "…", "<img src=x>", "x" * 300, "né"])
def test_any_name_is_a_file_of_the_folder_and_nothing_is_replaced(
    tmp_path: Path, name: str
) -> None:
    kept = Presets(tmp_path / "presets")
    given = [kept.save(name, replace(DRAFT, seed=seed)) for seed in range(3)]
    assert len(set(given)) == 3
    assert [kept.load(one).seed for one in given] == [0, 1, 2]
    files = sorted(tmp_path.rglob("*"))
    assert len(files) == 4
    assert all(path.parent == tmp_path / "presets" for path in files if path.is_file())


def test_a_removed_preset_is_kept_aside(tmp_path: Path) -> None:
    kept = Presets(tmp_path)
    for _ in range(2):
        kept.save("look", DRAFT)
        kept.remove("look")
    assert kept.names() == ()
    assert len(list((tmp_path / "removed").iterdir())) == 2
    with pytest.raises(OutputError, match="gone already"):
        kept.remove("look")
    with pytest.raises(RecipeError, match="is gone: save it again"):
        kept.load("look")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_files_that_are_no_presets_are_left_alone(
    tmp_path_factory: pytest.TempPathFactory, data: bytes | str
) -> None:
    folder = tmp_path_factory.mktemp("presets")
    raw = data if isinstance(data, bytes) else data.encode()
    (folder / "odd.artpreset").write_bytes(raw)
    (folder / "folder.artpreset").mkdir()
    assert Presets(folder).names() == ()
    assert Presets(folder).save("odd", DRAFT) == "odd"
    assert (folder / "odd.artpreset").read_bytes() == raw


def test_words_of_late_are_kept_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "home" / "words.json"
    history = WordHistory(path)
    history.use(("calm", "warm"))
    history.use(("calm",))
    assert history.words == ("calm", "warm")
    assert WordHistory(path).words == ("calm", "warm")
    history.use(tuple(f"w{n}" for n in range(300)))
    assert len(WordHistory(path).words) == MOST


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": "x"}', '{"format": "artdesk-words", "words": 3}', "\0" * 99]
)
def test_unreadable_words_of_late_are_an_empty_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "words.json"
    path.write_text(text)
    assert WordHistory(path).words == ()
    path.write_text('{"format": "artdesk-words", "words": ["calm", 3, "calm", "", "a\\nb"]}')
    assert WordHistory(path).words == ("calm",)


@given(st.integers(0, 2**32), st.booleans(), st.booleans())
def test_a_surprise_respects_the_locks(number: int, seed_locked: bool, sketched: bool) -> None:
    sketch = Sketch(columns=8, rows=8, cells=("#112233",) * 64) if sketched else None
    swatches = tuple(Swatch(colour=f"#00000{place}") for place in range(5))
    draft = replace(
        Draft(swatches=swatches, held=frozenset({0, 2}), sketch=sketch, seed=5),
        seed_locked=seed_locked,
        avoid=(Word(text="warm"),),
        locked_controls=frozenset({"guidance_milli", "zoom_milli"}),
    )
    dice = random.Random(number)
    new = surprise(draft, ("velvet", "airy", "warm"), dice.randrange)
    new.recipe()
    assert 1 <= len(new.words) <= 4
    assert "warm" not in {word.text for word in new.words}
    assert new.sketch == sketch
    assert new.avoid == draft.avoid
    assert [new.swatches[place] for place in (1, 3, 4)] == [swatches[p] for p in (1, 3, 4)]
    assert new.sampling.guidance_milli == draft.sampling.guidance_milli
    assert new.sampling.zoom_milli == draft.sampling.zoom_milli
    assert (new.seed == 5) or not seed_locked
    if new.seed != 5:
        assert new.swatches[0] is None
