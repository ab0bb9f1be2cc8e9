"""The small parts of the core: seeds, colours, cancelling, paths, attributes."""

import threading
from pathlib import Path

import numpy as np
import pytest

from artdesk.core import colour, paths, seed
from artdesk.core.attributes import ATTRIBUTES, AXES, HUES, WORD_DIM
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import Cancelled, RecipeError


def test_philox_known_answers() -> None:
    """These numbers are part of every picture: a change would change all of them."""
    np.testing.assert_array_equal(
        seed.raw(7, "detail", 3, 2)[:, :3],
        [[2205959551, 668466093, 1326891886], [1045512944, 2149033725, 18107592]],
    )
    # Random123's published vector for Philox 4x64-10 with all-ones counter and key
    # (kat_vectors): numpy counts up before it draws, so the counter starts one lower.
    ones = np.uint64(2**64 - 1)
    counter = np.array([ones - np.uint64(1), ones, ones, ones])
    generator = np.random.Philox(key=np.array([ones, ones]), counter=counter)
    assert [int(generator.random_raw()) for _ in range(4)] == [
        0x87B092C3013FE90B,
        0x438C3C67BE8D0224,
        0x9CC7D7C69CD777B6,
        0xA09CAEBF594F0BA0,
    ]


def test_rows_do_not_change_the_numbers() -> None:
    many, few = seed.raw(1, "detail", 0, 128), seed.raw(1, "detail", 0, 3)
    assert many.dtype == np.uint32
    assert many.shape == (128, 256)
    np.testing.assert_array_equal(many[:3], few)


def test_streams_differ() -> None:
    streams = {
        seed.raw(*key, 1)[0, :4].tobytes()  # type: ignore[arg-type]
        for key in [(0, "a", 0), (1, "a", 0), (0, "b", 0), (0, "a", 1), (2**32 - 1, "a", 63)]
    }
    assert len(streams) == 5


def test_oklab_published_values() -> None:
    """Ottosson's own table, by way of the sRGB primaries and white."""
    colours = np.array([[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    expected = [
        [1.0, 0.0, 0.0],
        [0.627955, 0.224863, 0.125846],
        [0.866440, -0.233888, 0.179498],
        [0.452014, -0.032457, -0.311528],
    ]
    np.testing.assert_allclose(colour.srgb8_to_oklab(colours), expected, atol=2e-4)


def test_oklab_round_trip_is_exact() -> None:
    grid = np.arange(0, 256, 5, dtype=np.uint8)
    colours = np.stack(np.meshgrid(grid, grid, grid), axis=-1)
    np.testing.assert_array_equal(colour.oklab_to_srgb8(colour.srgb8_to_oklab(colours)), colours)


def test_oklab_outside_srgb_is_clipped() -> None:
    assert colour.oklab_to_srgb8(np.array([2.0, 0.0, 0.0])).tolist() == [255, 255, 255]
    assert colour.oklab_to_srgb8(np.array([-1.0, 0.0, 0.0])).tolist() == [0, 0, 0]


def test_hex() -> None:
    assert colour.parse_hex(" #ABCdef ") == "#abcdef"
    assert colour.parse_hex("fa0") == "#ffaa00"
    assert colour.hex_to_srgb8("#010203") == (1, 2, 3)
    assert colour.srgb8_to_hex(1, 2, 3) == "#010203"
    for bad in ("", "#", "red", "#12345", "#1234567", "#gggggg", "##123456", "#12 456"):
        with pytest.raises(RecipeError, match="is not a colour: write it like"):
            colour.parse_hex(bad)


def test_attributes() -> None:
    assert len(AXES) == 16
    assert len(HUES) == 13
    assert len(set(ATTRIBUTES)) == 29
    assert WORD_DIM == 93
    poles = [pole for axis in AXES for pole in (axis.negative, axis.positive)]
    assert len(set(poles)) == 32


def test_cancel_token() -> None:
    token = CancelToken()
    calls: list[str] = []
    remove = token.on_cancel(lambda: calls.append("removed"))
    token.on_cancel(lambda: calls.append("kept"))
    token.check()
    remove()
    remove()
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert calls == ["kept"]
    with pytest.raises(Cancelled):
        token.check()
    token.on_cancel(lambda: calls.append("late"))()
    assert calls == ["kept", "late"]


def test_cancel_from_many_threads_calls_once() -> None:
    for _ in range(20):
        token = CancelToken()
        calls: list[int] = []
        start = threading.Barrier(8)

        def work(
            token: CancelToken = token, calls: list[int] = calls, start: threading.Barrier = start
        ) -> None:
            start.wait()
            token.on_cancel(lambda: calls.append(1))
            token.cancel()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(calls) == 8


def test_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (paths.resources() / "LICENSES").is_dir()
    monkeypatch.delenv("ARTDESK_BUNDLE", raising=False)
    assert paths.bundle_folder() == paths.resources() / "bundle"
    monkeypatch.setenv("ARTDESK_BUNDLE", str(tmp_path))
    assert paths.bundle_folder() == tmp_path
    monkeypatch.setenv("ARTDESK_HOME", str(tmp_path))
    assert paths.data_folder() == tmp_path
    assert paths.pictures_folder() == tmp_path / "pictures"
    monkeypatch.delenv("ARTDESK_HOME")
    assert "artdesk" in str(paths.data_folder()).lower()
    assert paths.pictures_folder().name == "ArtDesk"
