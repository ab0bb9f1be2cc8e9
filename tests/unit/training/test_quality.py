"""The figures of quality must see the faults that they are for."""

import json
import pathlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter
from typer.testing import CliRunner

from artdesk.core.errors import SettingError
from training.cli.figures import app
from training.evaluation import surface
from training.evaluation.copying import (
    block_index,
    nearest_distances,
    verbatim_share,
    work_index,
)
from training.evaluation.likeness import Judge, density_coverage, kernel_distance
from training.evaluation.quality import Reference, copy_ratio, figures, read_squares

Pixels = NDArray[np.uint8]


def painted(seed: int, side: int = 256) -> Pixels:
    """A picture of strokes with grain: forms, edges and a fine surface."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (side, side), tuple(int(v) for v in random.integers(256, size=3)))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, angle = random.uniform((0, 0, 0), (side, side, np.pi))
        length, width = random.uniform(20, 120), int(random.integers(3, 20))
        end = (x + length * np.cos(angle), y + length * np.sin(angle))
        colour = tuple(int(v) for v in random.integers(256, size=3))
        draw.line([(x, y), end], fill=colour, width=width)
    grain = random.normal(0, 6, (side, side, 1))
    return np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    return [painted(seed) for seed in range(24)]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def reference(pictures: list[Pixels], judge: Judge) -> Reference:
    return Reference.of(pictures, judge)


def light_of(pixels: Pixels) -> NDArray[np.float64]:
    return surface.luminance(pixels)


def test_blur_lowers_fine_energy_and_steepens_the_slope(pictures: list[Pixels]) -> None:
    for pixels in pictures[:6]:
        light = light_of(pixels)
        slope, fine = surface.spectrum(light)
        soft_slope, soft_fine = surface.spectrum(gaussian_filter(light, 2.0))
        assert soft_fine < 0.5 * fine
        assert soft_slope < slope - 1.0


def test_noise_fails_coherence_though_its_fine_energy_is_high(pictures: list[Pixels]) -> None:
    noise = np.random.default_rng(0).normal(0, 20, (256, 256))
    for pixels in pictures[:6]:
        soft = gaussian_filter(light_of(pixels), 3.0)
        assert surface.spectrum(soft + noise)[1] > surface.spectrum(soft)[1]
        assert surface.coherence(soft + noise) < 0.6 * surface.coherence(soft)


@pytest.mark.parametrize("period", [8, 32])
def test_a_grid_of_cells_shows_in_the_borders(pictures: list[Pixels], period: int) -> None:
    light = light_of(pictures[0])
    steps = np.random.default_rng(1).normal(0, 30, (256 // period, 256 // period))
    cells = np.kron(steps, np.ones((period, period)))
    assert surface.borders(light, period) == pytest.approx(1.0, abs=0.1)
    assert surface.borders(light + cells, period) > 1.2
    other = 32 if period == 8 else 8
    assert surface.borders(light + cells, period) > surface.borders(light + cells, other)


def test_straight_edges_are_counted_and_curved_ones_are_not() -> None:
    image = Image.new("L", (256, 256), 40)
    draw = ImageDraw.Draw(image)
    draw.polygon([(30, 40), (220, 60), (200, 210), (50, 190)], fill=220)
    assert surface.straight_segments(np.asarray(image, dtype=np.float64)) == 4
    round_one = Image.new("L", (256, 256), 40)
    ImageDraw.Draw(round_one).ellipse((60, 60, 196, 196), fill=220)
    assert surface.straight_segments(np.asarray(round_one, dtype=np.float64)) == 0


def test_kernel_distance_is_nothing_for_one_kind_and_much_for_another() -> None:
    random = np.random.default_rng(0)
    real, same = random.normal(size=(2, 120, 32))
    once, low, high = kernel_distance(real, same, rounds=200)
    assert low < 0.0 < high
    assert low < once < high
    moved = kernel_distance(real, same + 1.0, rounds=200)
    assert moved[1] > high
    assert moved == kernel_distance(real, same + 1.0, rounds=200)


def test_density_and_coverage_tell_few_kinds_from_all() -> None:
    random = np.random.default_rng(0)
    real, same = random.normal(size=(2, 200, 8))
    density, coverage = density_coverage(real, same)
    assert density == pytest.approx(1.0, abs=0.25)
    assert coverage > 0.9
    collapsed = np.repeat(real[:1], 200, axis=0) + random.normal(0, 0.01, (200, 8))
    assert density_coverage(real, collapsed)[1] < 0.2
    assert density_coverage(real, same + 20.0) == (0.0, 0.0)


def test_figures_see_blur_and_noise(
    pictures: list[Pixels], reference: Reference, judge: Judge
) -> None:
    fresh = [painted(seed) for seed in range(100, 112)]
    random = np.random.default_rng(2)
    soft = [gaussian_filter(part, (2.5, 2.5, 0)) for part in fresh]
    rough = [
        np.clip(part + random.normal(0, 60, (256, 256, 1)), 0, 255).astype(np.uint8)
        for part in fresh
    ]
    good, blurred, noisy = (figures(part, reference, judge) for part in (fresh, soft, rough))
    assert good.texture.kid_low < blurred.texture.kid
    assert blurred.texture.kid > good.texture.kid_high
    assert noisy.texture.kid > good.texture.kid_high
    assert blurred.means["fine_energy"] < 0.5 * good.means["fine_energy"]
    assert noisy.means["coherence"] < good.means["coherence"]
    assert min(blurred.surface_distance, noisy.surface_distance) > 2.0 * good.surface_distance
    assert len(pictures) == 24


def test_verbatim_blocks_are_found() -> None:
    random = np.random.default_rng(0)
    works = [random.integers(512, size=(32, 32)).astype(np.uint16) for _ in range(6)]
    index = block_index(works)
    fresh = random.integers(512, size=(32, 32))
    assert verbatim_share([fresh], index) == 0.0
    quoting = fresh.copy()
    quoting[4:20, 8:24] = works[3][10:26, 2:18]
    assert verbatim_share([quoting], index) == pytest.approx(13 * 13 / 29**2)
    assert verbatim_share(works[:2], index) == 1.0


def test_the_guard_finds_a_copy_turned_cropped_and_recoloured(pictures: list[Pixels]) -> None:
    held = [painted(seed) for seed in range(200, 208)]
    copies = []
    for pixels in pictures[:8]:
        turned = np.rot90(pixels[:, ::-1])[64:192, 64:192]
        copies.append(np.clip(60 + 0.5 * turned[..., ::-1], 0, 255).astype(np.uint8))
    fresh = [painted(seed) for seed in range(300, 308)]
    assert copy_ratio(copies, held, pictures) < 0.6
    assert copy_ratio(fresh, held, pictures) == pytest.approx(1.0, abs=0.15)
    exact = nearest_distances(pictures[:2], work_index(pictures[:4]))
    np.testing.assert_allclose(exact, 0.0, atol=0.01)


def test_too_few_pictures_are_refused(
    pictures: list[Pixels], reference: Reference, judge: Judge
) -> None:
    with pytest.raises(SettingError, match="need 8 or more"):
        figures(pictures[:3], reference, judge)


def test_the_command_measures_folders(tmp_path: pathlib.Path, pictures: list[Pixels]) -> None:
    for name, part in (("real", pictures[:12]), ("drawn", pictures[12:])):
        (tmp_path / name).mkdir()
        for number, pixels in enumerate(part):
            Image.fromarray(pixels).save(tmp_path / name / f"{number:02}.png")
    out = tmp_path / "figures.json"
    arguments = [str(tmp_path / "real"), str(tmp_path / "drawn"), "--out", str(out)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads(out.read_text())[str(tmp_path / "drawn")]
    assert found["pictures"] == 12
    assert found["head"]["kid_low"] < found["head"]["kid"] < found["head"]["kid_high"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingError, match="holds no PNG"):
        read_squares(tmp_path / "empty")
