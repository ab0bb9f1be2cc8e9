"""The export: exact foldings, honest tables, and no bundle that fails its own checks."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from artdesk.bundle.architecture import FIRST
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.bundle.writer import write_bundle
from artdesk.core.condition import CONDITION_DIM
from artdesk.core.errors import BundleError
from artdesk.engine.self_test import METRIC
from models.autoencoder import Tokenizer
from models.config import TokenizerConfig
from tests.toy import shake
from training.data.arrays import npz
from training.export import parity, tables
from training.export.assemble import Built
from training.export.graphs import DecoderGraph, EncoderGraph, folded, own_initializers, to_onnx
from training.export.parity import Measure
from training.export.publish import describe, note_known_picture, write
from training.export.quantize import Grid, check_integer, end_in_integers


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    torch.manual_seed(1)
    config = TokenizerConfig(
        encoder_channels=(8, 8), decoder_channels=(8, 8, 8), condition_hidden=8
    )
    made = Tokenizer(config)
    shake(made)
    return made.eval()


@pytest.fixture(scope="module")
def decoder_model(tokenizer: Tokenizer) -> onnx.ModelProto:
    inputs = {
        "codes": torch.zeros(1, 8, 4, 4),
        "film": torch.zeros(1, tokenizer.decoder.film_dim),
    }
    area = {2: "h", 3: "w"}
    return to_onnx(DecoderGraph(tokenizer.decoder), inputs, "image", {"codes": area, "image": area})


@torch.no_grad()
def test_folding_keeps_the_function_and_the_original(tokenizer: Tokenizer) -> None:
    codes, film = torch.randn(1, 8, 4, 6), torch.randn(1, tokenizer.decoder.film_dim)
    before = tokenizer.decoder(codes, film)
    made = folded(tokenizer.decoder)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in made.modules())
    torch.testing.assert_close(made(codes, film), before, atol=1e-4, rtol=1e-4)
    assert torch.equal(tokenizer.decoder(codes, film), before)


@torch.no_grad()
def test_encoder_graph_is_the_encoder(tokenizer: Tokenizer) -> None:
    image = torch.rand(1, 3, 32, 56) * 2 - 1
    latents = EncoderGraph(tokenizer.encoder)(image)
    torch.testing.assert_close(latents, tokenizer.latents(image), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_float_graph_agrees_with_torch_at_another_size(
    tokenizer: Tokenizer, decoder_model: onnx.ModelProto
) -> None:
    codes, film = torch.randn(1, 8, 5, 3), torch.randn(1, tokenizer.decoder.film_dim) / 4
    run = parity.runner(decoder_model.SerializeToString())
    found = run({"codes": codes.numpy(), "film": film.numpy()})
    np.testing.assert_allclose(found, tokenizer.decoder(codes, film).numpy(), atol=1e-4)


def test_float_graph_is_refused_as_integer(decoder_model: onnx.ModelProto) -> None:
    with pytest.raises(BundleError, match=r"decoder\.onnx was not quantized"):
        check_integer("decoder.onnx", decoder_model.SerializeToString())
    with pytest.raises(BundleError, match="instead of integers"):
        end_in_integers(decoder_model)


def test_no_two_nodes_share_an_initializer(decoder_model: onnx.ModelProto) -> None:
    names = {tensor.name for tensor in own_initializers(decoder_model).graph.initializer}
    used = [
        name
        for node in own_initializers(decoder_model).graph.node
        for name in node.input
        if name in names
    ]
    assert len(used) == len(set(used))


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder.onnx", "detail.onnx"])
def test_shipped_graphs_are_integer_with_seven_bit_weights(toy_bundle: Bundle, name: str) -> None:
    data = toy_bundle.file(name)
    check_integer(name, data)
    graph = onnx.load_from_string(data).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    sources = {output: node for node in graph.node for output in node.output}
    kernels = [
        constants[sources[node.input[1]].input[0]] for node in graph.node if node.op_type == "Conv"
    ]
    assert kernels
    for kernel in kernels:
        assert kernel.dtype == np.int8
        assert np.abs(kernel.astype(int)).max() <= 64


def test_exp_table_is_the_exponential_to_its_end() -> None:
    table = tables.exp_table()
    assert table[0] == 1 << 24
    assert table[64] == round((1 << 24) / np.e)
    assert table[-1] == 0
    assert (table[:-1] > 0).all()
    assert (np.diff(table.astype(np.int64)) <= 0).all()


@pytest.mark.parametrize("zero", [0, 7, 255])
def test_integer_head_gives_the_logits(zero: int) -> None:
    random = np.random.default_rng(zero)
    weight = random.normal(size=(512, 16)).astype(np.float32)
    bias = random.normal(size=512).astype(np.float32)
    grid = Grid(scale=0.037, zero=zero)
    head = tables.head_tables(weight, bias, grid)
    features = random.integers(256, size=(5, 16), dtype=np.uint8)
    real = (features.astype(np.float64) - zero) * grid.scale
    wanted = real @ weight.T.astype(np.float64) + bias
    assert head["head_weight"].dtype == np.int16
    # A weight is off by half a step at most: 16 of them times 9.4 times 4 / 30000 / 2.
    np.testing.assert_allclose(tables.head_logits(head, features), wanted, atol=0.01)


@pytest.mark.parametrize("spread", [1e-9, 1.0, 1e6])
def test_head_products_are_exact_in_float32(spread: float) -> None:
    random = np.random.default_rng(3)
    weight = (random.standard_t(2, size=(512, 128)) * spread).astype(np.float32)
    head = tables.head_tables(weight, np.zeros(512, np.float32), Grid(scale=0.037, zero=0))
    integers = head["head_weight"]
    extreme = np.where(integers > 0, 255, 0).astype(np.uint8)
    for features in (extreme, 255 - extreme, random.integers(256, size=(64, 128), dtype=np.uint8)):
        exact = features.astype(np.int64) @ integers.T.astype(np.int64)
        assert np.abs(exact).max() <= 1 << 24
        rounded = features.astype(np.float32) @ integers.T.astype(np.float32)
        np.testing.assert_array_equal(rounded.astype(np.int64), exact)


def test_head_of_zeros_is_no_division_by_zero() -> None:
    head = tables.head_tables(np.zeros((4, 2), np.float32), np.ones(4, np.float32), Grid(0.1, 0))
    found = tables.head_logits(head, np.array([[255, 3]], np.uint8))
    np.testing.assert_array_equal(found, np.ones((1, 4)))


def test_film_values_are_those_of_the_network(tokenizer: Tokenizer) -> None:
    known = tables.film_tables("decoder", tokenizer.condition)
    condition = np.random.default_rng(3).normal(size=(3, CONDITION_DIM))
    found = tables.film_values(known, "decoder", condition)
    with torch.no_grad():
        wanted = tokenizer.condition(torch.from_numpy(condition).float()).numpy()
    np.testing.assert_allclose(found, wanted, atol=1 / 512 + 1e-4)
    assert (found * 256 == np.rint(found * 256)).all()


def test_npz_gives_the_same_bytes_whatever_the_order() -> None:
    first = {"a": np.arange(3), "b": np.ones((2, 2))}
    assert npz(first) == npz(dict(reversed(first.items())))


def test_neighbours_are_the_nearest_codes() -> None:
    angles = np.linspace(0, np.pi / 2, 20)
    codebook = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    near = tables.code_neighbours(codebook)
    assert set(near[0, :2]) == {1, 2}
    assert set(near[10, :2]) == {9, 11}


def test_psnr_of_equal_and_of_opposite_pictures() -> None:
    black, white = np.full((1, 3, 4, 4), -1.0), np.full((1, 3, 4, 4), 1.0)
    assert parity.psnr(black, white, 2.0) == 0.0
    assert parity.psnr(black, black.copy(), 2.0) == 99.0
    assert parity.psnr(black, black * 0.9, 2.0) == pytest.approx(20 * np.log10(2.0 / 0.1))


def test_the_decoder_is_judged_by_clipped_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "runner", lambda _: lambda sample: sample["pixels"])
    found = parity.decoder_runner(b"")({"pixels": np.array([-3.0, 0.25, 1.5])})
    assert found.tolist() == [-1.0, 0.25, 1.0]


def test_cross_entropy_of_an_even_guess() -> None:
    assert parity.cross_entropy(np.zeros((2, 512)), np.array([0, 511])) == pytest.approx(
        np.log(512)
    )


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "kept"),
    [(38.0, 38.0, True, True), (37.9, 38.0, True, False), (0.03, 0.02, False, False),
     (0.02, 0.02, False, True), (1.0, None, True, True)],
)  # fmt: skip
def test_measure_against_its_limit(
    value: float, limit: float | None, at_least: bool, kept: bool
) -> None:
    assert Measure("name", "meaning", value, limit, at_least).kept is kept


def test_a_poor_bundle_is_not_written_and_the_old_one_stays(
    toy_bundle: Bundle, tmp_path: Path
) -> None:
    good = Built(architecture=FIRST, files=dict(toy_bundle.data))
    folder = tmp_path / "bundle"
    first = write(good, folder, name="First", training={})
    assert first.manifest.metrics["self_test"] == toy_bundle.manifest.metrics["self_test"]
    poor = Built(
        architecture=FIRST,
        files=dict(toy_bundle.data),
        measures=[Measure("decoder_psnr_int8", "decoder: dB against float", 31.5, 38.0)],
    )
    with pytest.raises(BundleError, match=r"decoder: dB against float is 31\.5, limit 38"):
        write(poor, folder, name="Second", training={})
    assert '"First"' in (folder / "manifest.json").read_text(encoding="utf-8")


def test_a_bundle_that_the_engine_cannot_use_is_not_written(
    toy_bundle: Bundle, tmp_path: Path
) -> None:
    files = dict(toy_bundle.data)
    files["decoder.onnx"] = files["encoder.onnx"]
    with pytest.raises(BundleError):
        write(
            Built(architecture=FIRST, files=files), tmp_path / "bundle", name="Broken", training={}
        )
    assert not (tmp_path / "bundle").exists()


def test_the_known_picture_is_noted_anew(toy_bundle: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    manifest = toy_bundle.manifest
    stale = {**manifest.metrics, METRIC: {"tokens": "0", "pixels": "0"}}
    write_bundle(
        folder, toy_bundle.data, name="Old", licence=manifest.licence, models=manifest.models,
        training={"steps": 3}, metrics=stale,
    )  # fmt: skip
    fresh = note_known_picture(folder).manifest
    assert fresh.metrics == manifest.metrics
    assert (fresh.name, fresh.training, fresh.models) == ("Old", {"steps": 3}, manifest.models)
    assert open_bundle(folder).manifest == fresh


def test_manifest_describes_the_graphs(toy_bundle: Bundle) -> None:
    entry = describe(toy_bundle.file("detail.onnx"))
    assert entry.inputs["tokens"] == "int64 [B,h,w]"
    assert entry.outputs == {"features": "uint8 [B,128,h,w]"}
    assert toy_bundle.manifest.models["detail.onnx"] == entry
