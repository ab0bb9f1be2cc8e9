"""The toy bundle keeps the contract that the engine relies on."""

import numpy as np
import onnxruntime

from artdesk.bundle.reader import Bundle


def session(bundle: Bundle, name: str, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(bundle.file(name), options)


def test_detail_graph_gives_the_same_bytes_for_any_batch_and_threads(toy_bundle: Bundle) -> None:
    random = np.random.default_rng(1)
    film_size = toy_bundle.arrays("tables.npz")["detail_film_b3"].shape[0]
    feeds = {
        "tokens": random.integers(513, size=(2, 12, 16)),
        "sketch": random.normal(size=(2, 4, 12, 16)).astype(np.float32),
        "film": random.normal(size=(2, film_size)).astype(np.float32) / 8,
    }
    (both,) = session(toy_bundle, "detail.onnx", threads=2).run(None, feeds)
    assert both.dtype == np.uint8
    assert both.shape == (2, 128, 12, 16)
    assert both.std() > 0
    one = session(toy_bundle, "detail.onnx")
    for row in range(2):
        (alone,) = one.run(None, {name: value[row : row + 1] for name, value in feeds.items()})
        np.testing.assert_array_equal(alone[0], both[row])


def test_encoder_and_decoder_take_any_size(toy_bundle: Bundle) -> None:
    tables = toy_bundle.arrays("tables.npz")
    image = np.random.default_rng(2).uniform(-1, 1, (1, 3, 40, 72)).astype(np.float32)
    (latents,) = session(toy_bundle, "encoder.onnx").run(None, {"image": image})
    assert latents.shape == (1, 8, 5, 9)
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), 1.0, atol=1e-5)
    film = np.zeros((1, tables["decoder_film_b3"].shape[0]), np.float32)
    (picture,) = session(toy_bundle, "decoder.onnx").run(None, {"codes": latents, "film": film})
    assert picture.shape == image.shape


def test_tables_have_the_contracted_shapes(toy_bundle: Bundle) -> None:
    tables = toy_bundle.arrays("tables.npz")
    assert tables["codebook"].shape == (512, 8)
    assert tables["code_colours"].dtype == np.uint8
    assert tables["code_frequency"].sum() == np.float32(1.0).item() or np.isclose(
        tables["code_frequency"].sum(), 1.0, atol=1e-5
    )
    neighbours = tables["code_neighbours"]
    assert neighbours.shape == (512, 8)
    assert not (neighbours == np.arange(512)[:, None]).any()
    assert tables["head_weight"].dtype == np.int16
    assert tables["head_weight"].shape == (512, 128)
    assert tables["attribute_quantiles"].shape == (29, 101)
    assert tables["exp_table"][0] == 1 << 24
    assert tables["exp_table"][-1] == 0
    assert tables["sketch_colours"].shape == (192, 3)
    shares = tables["palette_shares"]
    assert (np.diff(shares, axis=1) <= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-5)


def test_text_graph_gives_a_word_vector(toy_bundle: Bundle) -> None:
    ids = np.array([[2, 7, 8, 3]])
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    (vector,) = session(toy_bundle, "text.onnx").run(None, feeds)
    assert vector.shape == (1, 93)
    assert np.abs(vector[0, :29]).max() <= 1.0
