"""The measures of an evaluation, and a whole small one on the toy bundle."""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTES, AXES
from artdesk.core.errors import ArtDeskError
from artdesk.core.new_recipe import new_recipe
from artdesk.core.recipe import Canvas, Recipe, Sketch, Swatch
from artdesk.engine.pipeline import Engine
from tests import toy
from training import sheets
from training.cli import evaluate
from training.corpus.lexicon import Entry
from training.data.pictures import Work, load_corpora
from training.evaluation import adherence, card, held_out
from training.evaluation import measure as evaluation
from training.evaluation.adherence import ALL_POLES
from training.evaluation.unprompted import Unprompted, unprompted
from training.export.parity import psnr

EXTENT = evaluation.Extent(
    count=2, plain=3, works=2, split="validation", each=1, side=64, threads=1
)
POLES = (ALL_POLES[0], ALL_POLES[-1])


@pytest.fixture(scope="module")
def corpus(toy_bundle_folder: Path) -> Path:
    return toy_bundle_folder.parent / "corpus"


@pytest.fixture(scope="module")
def findings(toy_bundle: Bundle, corpus: Path) -> evaluation.Findings:
    words = [
        Entry("calm", {"busyness": -0.8, "dynamism": -0.7}, "adjective", "toy"),
        Entry("icy", {"warmth": -0.9, "white": 0.5}, "adjective", "toy"),
        Entry("vague", {"warmth": 0.1}, "adjective", "toy"),
    ]
    return evaluation.evaluate_bundle(toy_bundle, [corpus], EXTENT, words, poles=POLES)


def test_all_attributes_are_asked_for_with_both_poles() -> None:
    assert [poles.attribute for poles in ALL_POLES] == list(ATTRIBUTES)
    assert all(poles.low and poles.high and poles.low != poles.high for poles in ALL_POLES)
    assert ALL_POLES[0].high == AXES[0].positive
    assert ALL_POLES[-1].low == "not white"


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        ([2.0, 3.0], [0.0, 1.0], 1.0),
        ([0.0, 1.0], [2.0, 3.0], 0.0),
        ([1.0, 1.0], [1.0, 1.0, 1.0], 0.5),
        ([1.0, 3.0], [2.0, 2.0], 0.5),
        ([2.0], [1.0, 2.0, 3.0, 0.0], 0.625),
    ],
)
def test_auc_counts_pairs_and_halves_ties(
    high: list[float], low: list[float], expected: float
) -> None:
    assert adherence.auc(np.array(high), np.array(low)) == pytest.approx(expected)


def test_psnr_and_ssim_know_equal_and_unequal_pictures() -> None:
    random = np.random.default_rng(1)
    picture = random.integers(20, 230, size=(48, 40, 3)).astype(np.uint8)
    assert psnr(picture, picture, 255.0) == 99.0
    assert held_out.ssim(picture, picture) == pytest.approx(1.0)
    assert psnr(picture, picture + np.uint8(10), 255.0) == pytest.approx(20 * np.log10(255 / 10))
    noise = random.integers(256, size=picture.shape).astype(np.uint8)
    assert held_out.ssim(picture, noise) < 0.2
    assert psnr(np.zeros_like(picture), np.full_like(picture, 255), 255.0) == pytest.approx(0)


def test_colour_difference_is_that_of_the_eye() -> None:
    grey = np.full((8, 8, 3), 119, dtype=np.uint8)
    assert held_out.delta_e(grey, grey) == 0.0
    # A step of grey is nearly invisible, red for green is as far as colours get.
    assert held_out.delta_e(grey, grey + np.uint8(2)) < 1.0
    red, green = np.zeros_like(grey), np.zeros_like(grey)
    red[..., 0], green[..., 1] = 255, 255
    assert held_out.delta_e(red, green) > 80.0


def test_palette_distance_carries_shares_the_shortest_way() -> None:
    black, white = Swatch(colour="#000000"), Swatch(colour="#ffffff")
    grey = [Swatch(colour="#000000", share_milli=250), Swatch(colour="#ffffff", share_milli=750)]
    assert adherence.palette_distance([black], [black]) == pytest.approx(0.0, abs=1e-9)
    assert adherence.palette_distance([black], [white]) == pytest.approx(1.0, abs=1e-3)
    # A quarter is in place already, the rest has to go all the way.
    assert adherence.palette_distance([black], grey) == pytest.approx(0.75, abs=1e-3)
    assert adherence.palette_distance(grey, [black]) == pytest.approx(0.75, abs=1e-3)
    assert adherence.palette_distance(grey, grey[::-1]) == pytest.approx(0.0, abs=1e-9)


def test_sketch_distance_is_zero_for_the_sketch_itself() -> None:
    sketch = Sketch(columns=2, rows=1, cells=("#ff0000", "#0000ff"))
    pixels = np.zeros((8, 16, 3), dtype=np.uint8)
    pixels[:, :8], pixels[:, 8:] = (255, 0, 0), (0, 0, 255)
    assert adherence.sketch_distance(sketch, pixels) == pytest.approx(0.0, abs=1e-9)
    assert adherence.sketch_distance(sketch, pixels[:, ::-1]) > 0.3


def test_sheets_hold_every_picture_in_its_place(tmp_path: Path) -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)]
    pictures = [np.full((40, 40, 3), colour, dtype=np.uint8) for colour in colours]
    rows = sheets.in_rows(pictures)
    assert [len(row) for row in rows] == [3, 2]
    sheets.save_sheet(tmp_path / "sheet.png", rows, ["first", "second"], side=32)
    with Image.open(tmp_path / "sheet.png") as sheet:
        step, label = 32 + 4, 20
        found = [sheet.getpixel((4 + 16 + column * step, 4 + label + 16)) for column in range(3)]
        found += [
            sheet.getpixel((4 + 16 + column * step, 4 + step + 2 * label + 16))
            for column in range(2)
        ]
    assert found == colours


def test_an_evaluation_measures_everything(findings: evaluation.Findings) -> None:
    assert 0 < findings.reconstruction.psnr < 99
    assert findings.reconstruction.psnr_lowest <= findings.reconstruction.psnr
    assert -1 <= findings.reconstruction.ssim <= 1
    assert 0 < findings.reconstruction.codes_used <= 1
    assert set(findings.cross_entropy) == {
        "20% to 50%",
        "50% to 80%",
        "80% to 100%",
        "marginal",
    }
    assert all(value > 0 for value in findings.cross_entropy.values())
    assert {answer.poles.attribute for answer in findings.answers} == {"warmth", "white"}
    assert findings.answers[0].auc <= findings.answers[1].auc
    for answer in findings.answers:
        assert 0 <= answer.auc <= 1
        assert len(answer.low) == len(answer.high) == EXTENT.count
    found = {part.word: part for part in findings.adjectives}
    assert set(found) == {"calm", "icy"}
    assert (found["calm"].attribute, found["calm"].sign) == ("busyness", -1.0)
    # Nobody asked for busy and minimal pictures here, so calm has no opposite to compare with.
    assert found["calm"].auc is None
    icy = found["icy"]
    assert (icy.attribute, icy.sign) == ("warmth", -1.0)
    assert icy.auc is not None
    assert 0 <= icy.auc <= 1
    assert 0 <= icy.plain_auc <= 1
    assert findings.palette.asked > 0
    assert findings.sketch.chance > 0
    assert [picture.recipe.seed for picture in findings.plain.pictures] == [0, 1, 2]


def test_an_evaluation_can_be_repeated(
    toy_bundle: Bundle, corpus: Path, findings: evaluation.Findings
) -> None:
    again = evaluation.evaluate_bundle(toy_bundle, [corpus], EXTENT, poles=POLES[:1])
    assert again.reconstruction.psnr == findings.reconstruction.psnr
    assert again.cross_entropy == findings.cross_entropy
    assert again.palette == findings.palette
    first = {answer.poles.attribute: answer.auc for answer in findings.answers}
    assert again.answers[0].auc == first["warmth"]


def test_unseen_adjectives_are_those_that_the_bundle_names(toy_bundle: Bundle) -> None:
    lexicon = [Entry(word, {"warmth": 0.5}, "adjective", "toy") for word in ("balmy", "calm")]
    assert evaluation.unseen_adjectives(toy_bundle, lexicon) == []
    for text, found in (
        ({"held_out_words": ["balmy", "gone", 3]}, ["balmy"]),
        ({"held_out_words": "balmy"}, []),
        ("balmy", []),
    ):
        manifest = dataclasses.replace(toy_bundle.manifest, training={"text": text})
        named = dataclasses.replace(toy_bundle, manifest=manifest)
        assert [entry.word for entry in evaluation.unseen_adjectives(named, lexicon)] == found


def test_figures_and_sheets_are_written(
    toy_bundle: Bundle, findings: evaluation.Findings, tmp_path: Path
) -> None:
    data = evaluation.report(toy_bundle, findings, EXTENT)
    evaluation.write_findings(tmp_path / "out", data, findings)
    written = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert written == data
    assert written["bundle"]["hash"] == toy_bundle.hash
    assert written["adherence"]["attributes"]["white"]["low"] == "not white"
    assert written["adjectives"]["words"]["icy"]["attribute"] == "warmth"
    assert written["adjectives"]["mean_auc"] == written["adjectives"]["words"]["icy"]["auc"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "metrics.json",
        "samples.png",
        "reconstructions.png",
        "poles-warmth.png",
        "poles-white.png",
    }
    console = Console(record=True, width=120)
    evaluate.show(data, console)
    text = console.export_text()
    assert "mean AUC" in text
    assert "not white" in text


def test_pictures_without_words_are_searched_for_copies(
    toy_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toy, "PICTURES", 44)
    toy.write_corpus(tmp_path / "corpus", np.random.default_rng(0))
    toy.write_corpus(tmp_path / "fresh", np.random.default_rng(1))
    known, fresh = (
        [work for work in load_corpora([tmp_path / name], "train") if work.source_value < 0]
        for name in ("corpus", "fresh")
    )

    def judged(works: list[Work]) -> Unprompted:
        pixels, tokens = held_out.encode(toy_bundle, works, 160, 1, list)
        found = unprompted(
            toy_bundle, pixels, tokens, [tmp_path / "corpus"], 100, 1, evaluation.no_bar
        )
        assert found is not None
        return found

    copied, honest = judged(known[:10]), judged(fresh[:10])
    assert copied.verbatim == 1.0
    assert copied.copy_ratio < 0.1
    assert honest.verbatim < 0.5
    assert honest.copy_ratio == pytest.approx(1.0, abs=0.25)
    assert honest.verbatim_real == copied.verbatim_real
    # Five held-out paintings are too few for figures of their own.
    assert honest.real is None
    data = {"quality": honest.as_dict()}
    text = "\n".join(card._quality(data))
    assert f"| 4x4 token blocks found in a work | {honest.verbatim:.2%} |" in text
    nothing = unprompted(toy_bundle, [], [], [tmp_path / "corpus"], 9, 1, evaluation.no_bar)
    assert nothing is None


@pytest.mark.parametrize("memory", [True, False])
def test_pictures_are_painted_as_the_app_paints_them_unless_the_networks_are_asked_for(
    remembering_bundle: Bundle, corpus: Path, memory: bool
) -> None:
    extent = dataclasses.replace(EXTENT, memory=memory)
    found = evaluation.evaluate_bundle(remembering_bundle, [corpus], extent, poles=POLES[:1])
    recipes = [picture.recipe for picture in found.plain.pictures]
    usual = new_recipe(remembers=memory)
    assert {recipe.memory for recipe in recipes} == {usual.memory}
    assert {recipe.sampling for recipe in recipes} == {usual.sampling}
    data = evaluation.report(remembering_bundle, found, extent)
    assert data["from_memory"] == memory
    told = "\n".join(card._origin(remembering_bundle, data, "", ""))
    assert ("from memory" in told) == memory
    assert ("by the networks alone" in told) != memory


def test_an_adjective_is_compared_with_the_opposite_of_what_it_means(
    toy_bundle: Bundle, findings: evaluation.Findings
) -> None:
    engine = Engine(toy_bundle, 1)
    base = Recipe(canvas=Canvas(width=64, height=64))
    low = np.full((2, 4), -1e9)
    warmth = next(part for part in findings.answers if part.poles.attribute == "warmth")
    answers = {"warmth": dataclasses.replace(warmth, low_values=low, high_values=-low)}
    for sign in (1.0, -1.0):
        part = adherence.adjective_answer(
            engine, "odd", {"warmth": sign, "red": 0.2}, findings.plain, answers, 1, base, list
        )
        # Asked for warm: warmer than all cold pictures; asked for cold: colder than all warm ones.
        assert (part.attribute, part.sign, part.auc) == ("warmth", sign, 1.0)
        assert part.second_auc == 1.0


def test_the_model_card_holds_every_figure_and_no_place_of_this_machine(
    toy_bundle: Bundle,
    findings: evaluation.Findings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = evaluation.report(toy_bundle, findings, EXTENT)
    evaluation.write_findings(tmp_path / "out", data, findings)
    monkeypatch.chdir(tmp_path)
    inside, outside = tmp_path / "bundle", Path("/elsewhere/deep/paintings")
    line = card.command_line(inside, [outside], ["--quick"])
    assert line == "python -m training evaluate bundle paintings --quick"
    text = card.model_card(toy_bundle, data, line, "two cores of a mill")
    card.write_card(tmp_path / "docs" / "card.md", text, tmp_path / "out" / "samples.png")
    written = (tmp_path / "docs" / "card.md").read_text(encoding="utf-8")
    for part in (
        line,
        "two cores of a mill",
        toy_bundle.hash,
        f"{data['reconstruction']['psnr']:.2f} dB",
        f"{data['detail_cross_entropy']['20% to 50%']:.3f} nats",
        "| white | not white | white |",
        "| icy | little warmth |",
        "| kind | untrained |",
        "Seeds 0 to 2",
    ):
        assert part in written, part
    assert "{{" not in written
    assert "/elsewhere" not in written
    with Image.open(tmp_path / "docs" / card.SHEET) as sheet:
        assert sheet.format == "JPEG"
    monkeypatch.setattr(card, "TEMPLATE", tmp_path / "none.md")
    with pytest.raises(ArtDeskError, match="sentences of the model card"):
        card.model_card(toy_bundle, data, line, "")


def test_one_command_writes_figures_and_card(
    toy_bundle_folder: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "ALL_POLES", POLES[:1])
    monkeypatch.setattr(evaluate, "QUICK", EXTENT)
    written = tmp_path / "docs" / "model-card.md"
    run(toy_bundle_folder, corpus, "--out", tmp_path / "out", "--quick", "--split", "validation",
        "--side", 64, "--card", written, "--machine", "a toy")  # fmt: skip
    text = written.read_text(encoding="utf-8")
    assert "--quick --split validation --side 64 --out out --card model-card.md" in text
    assert "a toy" in text
    assert (tmp_path / "out" / "metrics.json").is_file()


def test_a_full_evaluation_draws_few_enough_pictures_for_eight_minutes() -> None:
    extent = evaluation.Extent()
    pictures = 2 * extent.count * len(ALL_POLES) + extent.plain + 4 * extent.count
    pictures += extent.adjectives * extent.each
    # 0.35 s each on two cores leaves a minute for reading, encoding and the prior's likelihood.
    assert pictures * 0.35 < 7 * 60


def test_a_corpus_without_held_out_works_is_refused(
    toy_bundle: Bundle, corpus: Path, tmp_path: Path
) -> None:
    with (corpus / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "train"]
    for row in rows:
        row["file_name"] = str(corpus / row["file_name"])
    with (tmp_path / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    with pytest.raises(ArtDeskError, match="no validation works"):
        evaluation.evaluate_bundle(toy_bundle, [tmp_path], EXTENT)


def run(*arguments: object) -> None:
    evaluate.app(args=[str(part) for part in arguments], standalone_mode=False)


def test_the_command_refuses_what_it_cannot_use(
    toy_bundle_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ArtDeskError, match=r"no metadata\.csv"):
        run(toy_bundle_folder, tmp_path, "--out", out)
    with pytest.raises(ArtDeskError, match="multiple of 8"):
        run(toy_bundle_folder, corpus, "--out", out, "--side", 100)
    with pytest.raises(ArtDeskError, match="no model bundle"):
        run(tmp_path / "missing", corpus, "--out", out)
    with pytest.raises(ArtDeskError, match="lexicon"):
        run(toy_bundle_folder, corpus, "--out", out, "--adjectives", tmp_path / "none.csv")
    assert not out.exists()
