"""The validation of the attributes: good measures pass it, planted bad ones are found out."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.errors import ArtDeskError
from training.cli import corpus as cli
from training.corpus import metadata
from training.corpus.annotating import write_quantiles
from training.corpus.validation import parameters as kept
from training.corpus.validation import report as validating
from training.corpus.validation import stability, trials

INDEX = {name: position for position, name in enumerate(ATTRIBUTES)}
QUANTILES = np.linspace(-1.0, 1.0, 101, dtype=np.float32)[None].repeat(len(ATTRIBUTES), axis=0)


def nothing() -> None:
    """No progress bar."""


def test_every_attribute_has_a_trial() -> None:
    assert {trial.attribute for trial in trials.TRIALS} == set(ATTRIBUTES)


@pytest.mark.parametrize("trial", trials.TRIALS, ids=lambda trial: trial.parameter[:20])
def test_a_trial_draws_the_same_again_and_changes_with_its_parameter(trial: trials.Trial) -> None:
    first = trial.draw(1, 0.3)
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert np.array_equal(first, trial.draw(1, 0.3))
    assert not np.array_equal(first, trial.draw(1, 0.9))


def grey(seed: int, amount: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 20, (64, 64, 1)) + np.zeros(3, dtype=int)
    return (noise + round(200 * amount)).astype(np.uint8)


def test_a_measure_that_follows_scores_one_and_one_that_does_not_is_named() -> None:
    good = validating.sweep(trials.Trial("brightness", "light", grey), 2, 6, nothing)
    assert good.spearman == (1.0, 1.0)
    assert good.pooled > 0.95
    assert len(good.shown) == 3
    against = trials.Trial("brightness", "dark", lambda seed, amount: grey(seed, 1.0 - amount))
    bad = validating.sweep(against, 2, 6, nothing)
    assert bad.mean == -1.0
    # Grey pictures hold no red: a measure that never moves follows nothing.
    still = validating.sweep(trials.Trial("red", "light", grey), 1, 6, nothing)
    assert still.spearman == (0.0,)
    said = validating.missing_aims([good, bad, still], [])
    assert len(said) == 2
    assert "'dark'" in said[0]
    text = validating.as_markdown([good, bad, still], full_stability(), [], 5)
    assert "| brightness | light | 1.00 |" in text
    assert "| brightness | dark | **-1.00** |" in text


def full_stability(correlation: float = 1.0) -> list[stability.Stability]:
    return [
        stability.Stability(name, change, correlation, 0.5, 1.5)
        for change in stability.CHANGES
        for name in ATTRIBUTES
    ]


def test_rounding_does_not_lift_a_figure_to_its_aim() -> None:
    text = validating.as_markdown([], full_stability(0.9499), [], 5)
    assert "**0.94**, +0.5, 1.5" in text
    assert "0.95" not in text


def half_red() -> np.ndarray:
    pixels = np.full((300, 400, 3), 230, dtype=np.uint8)
    pixels[:, 50:200] = (200, 30, 30)
    pixels[:, 240:260] = (20, 20, 90)
    return pixels


def test_changes_of_file_and_place_hardly_move_the_measures() -> None:
    pairs = stability.changed(half_red())
    assert set(pairs) == set(stability.CHANGES)
    for name, (before, after) in pairs.items():
        assert before[INDEX["brightness"]] == pytest.approx(after[INDEX["brightness"]], abs=0.01)
        # Upright stripes: turned round, the sign is turned too, so that both agree.
        assert before[INDEX["verticality"]] > 0.5, name
        assert after[INDEX["verticality"]] > 0.5, name


def test_stability_finds_a_shift_and_a_loss_of_order() -> None:
    rng = np.random.default_rng(1)
    before = rng.uniform(-0.5, 0.5, (60, len(ATTRIBUTES)))
    after = before.copy()
    after[:, 0] += 0.1
    after[:, 1] = rng.permutation(after[:, 1])
    pairs = [
        dict.fromkeys(stability.CHANGES, (one, two)) for one, two in zip(before, after, strict=True)
    ]
    found = {
        (part.attribute, part.change): part
        for part in stability.summarise(pairs, QUANTILES.astype(np.float64))
    }
    moved = found[ATTRIBUTES[0], "jpeg"]
    assert moved.correlation == pytest.approx(1.0, abs=1e-4)
    assert moved.shift == pytest.approx(5.0, abs=0.01)
    assert found[ATTRIBUTES[1], "jpeg"].correlation < 0.5
    assert found[ATTRIBUTES[2], "jpeg"].moved == 0.0
    said = validating.missing_aims([], list(found.values()))
    assert all(ATTRIBUTES[1] in line for line in said)
    assert len(said) == len(stability.CHANGES)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [([1.0, 1.0], [1.0, 1.0], 1.0), ([1.0, 1.0], [1.0, 2.0], 0.0), ([1.0, 2.0], [2.0, 4.0], 1.0)],
)
def test_correlation_of_numbers_that_do_not_vary(
    first: list[float], second: list[float], expected: float
) -> None:
    assert stability.correlation(np.array(first), np.array(second)) == pytest.approx(expected)


def row(number: int, family: str, parameters: dict[str, object], raw: np.ndarray) -> metadata.Row:
    return metadata.Row(
        file_name=f"{number}.png", split="train", work_id=str(number), source="constructed",
        licence="CC0-1.0", sha256="0" * 64, width=8, height=8, family=family,
        parameters=parameters, raw=raw,
    )  # fmt: skip


def test_kept_parameters_are_followed_within_their_family() -> None:
    rows = []
    for number in range(30):
        raw = np.zeros(len(ATTRIBUTES))
        raw[INDEX["busyness"]] = number
        raw[INDEX["sharpness"]] = number
        rows.append(row(number, "de_stijl", {"cuts": number, "line_width": "wide"}, raw))
        rows.append(row(100 + number, "colour_field", {"softness": 0.01 * number}, raw))
    rows.append(row(999, "rayonist", {"rays": 3}, np.ones(len(ATTRIBUTES))))
    found = {(part.kept.attribute, part.kept.family): part for part in kept.correlations(rows)}
    assert found["busyness", "de_stijl"].spearman == pytest.approx(1.0)
    assert found["busyness", "de_stijl"].pictures == 30
    assert found["sharpness", "colour_field"].spearman == pytest.approx(-1.0)
    assert ("busyness", "rayonist") not in found  # too few
    assert ("boldness", "de_stijl") not in found  # not a number


def corpus(folder: Path) -> Path:
    (folder / "pictures").mkdir(parents=True)
    rows = []
    for number in range(5):
        name = f"pictures/{number}.png"
        Image.fromarray(np.roll(half_red(), 30 * number, axis=1)).save(folder / name)
        raw = np.zeros(len(ATTRIBUTES))
        made = row(number, "de_stijl", {}, raw)
        rows.append(
            metadata.Row(
                file_name=name, split=made.split, work_id=made.work_id, source=made.source,
                licence=made.licence, sha256=made.sha256, width=400, height=300, parameters={},
                raw=raw,
            )
        )  # fmt: skip
    metadata.write(folder, rows)
    write_quantiles(folder / "attributes.npz", QUANTILES)
    return folder


def test_the_command_writes_tables_and_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "TRIALS", [trials.Trial("brightness", "light", grey)])
    monkeypatch.setattr(validating, "STEPS", 4)
    folder, out = corpus(tmp_path / "corpus"), tmp_path / "out"
    cli.app(
        args=["validate", str(folder), "--out", str(out), "--pictures", "4"],
        standalone_mode=False,
    )
    names = {"validation.csv", "validation.md", "validation.png", "series.png"}
    assert {path.name for path in out.iterdir()} == names
    table = list(csv.DictReader(io.StringIO((out / "validation.csv").read_text())))
    assert table[0]["test"] == "swept"
    assert float(table[0]["correlation"]) == 1.0
    assert sum(line["test"] == "stability" for line in table) == 4 * len(ATTRIBUTES)
    assert "over 4 pictures" in (out / "validation.md").read_text(encoding="utf-8")


def test_damaged_pictures_and_missing_percentiles_are_said(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    (folder / "pictures" / "0.png").write_bytes(b"no picture")
    with pytest.raises(ArtDeskError, match="corpus check"):
        stability.stability([folder], 5, nothing)
    (folder / "attributes.npz").unlink()
    with pytest.raises(ArtDeskError, match="corpus annotate"):
        stability.stability([folder], 5, nothing)
