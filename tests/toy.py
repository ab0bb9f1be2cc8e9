"""A real bundle with tiny untrained networks, made by the same code as the shipped one.

Its pictures mean nothing, but every graph, table and file has the form that the engine meets, so
that tests of engine, command line and window need no trained weights.
"""

import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer as PieceTokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from artdesk.bundle.collection import Work, tokenizer_hash, write_collection
from artdesk.bundle.reader import Bundle
from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES, AXES, HUES, SEMANTIC_DIM
from artdesk.core.condition import CONDITION_DIM
from artdesk.engine.memory.encoder import WorkEncoder
from artdesk.engine.tables import BundleTables
from models.autoencoder import Tokenizer
from models.config import DetailConfig, SketchConfig, TokenizerConfig
from models.detail import DetailPrior
from models.sketch import SketchPrior
from models.words import WordEncoder, WordEncoderConfig
from training.corpus import metadata
from training.data.arrays import npz
from training.data.captions import CaptionWriter
from training.data.library import Library
from training.export.assemble import Built, Material, Networks, QuantizationLimits, assemble
from training.export.publish import write
from training.export.statistics import Maps, images, token_maps
from training.fit.weights import save_weights
from training.words.student import Student, save_student

SKETCH_COLOURS = 192
PICTURES = 10


def word_entries() -> dict[str, dict[str, float]]:
    """A word for each pole of the axes and for each hue, with its attributes."""
    entries = {axis.negative: {axis.name: -1.0} for axis in AXES}
    entries |= {axis.positive: {axis.name: 1.0} for axis in AXES}
    entries |= {hue: {hue: 1.0} for hue in HUES}
    entries["calm"] = {"busyness": -0.8, "dynamism": -0.7}
    return entries


def word_vectors(entries: dict[str, dict[str, float]], random: np.random.Generator) -> np.ndarray:
    """int8 [W, 93]: the attributes, and a random meaning for each word."""
    attributes = np.zeros((len(entries), len(ATTRIBUTES)))
    for row, values in enumerate(entries.values()):
        for name, value in values.items():
            attributes[row, ATTRIBUTES.index(name)] = value
    semantic = random.normal(size=(len(entries), SEMANTIC_DIM))
    semantic /= np.linalg.norm(semantic, axis=1, keepdims=True)
    return np.rint(np.concatenate([attributes, semantic], axis=1) * 127).astype(np.int8)


def piece_tokenizer(words: list[str]) -> PieceTokenizer:
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "-", *letters, *(f"##{a}" for a in letters)]
    pieces += [word for word in words if "-" not in word]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = PieceTokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(32)
    return tokenizer


def write_corpus(folder: Path, random: np.random.Generator) -> None:
    """A few pictures of coloured rectangles, with a metadata.csv."""
    folder.mkdir(parents=True)
    rows = []
    for number in range(PICTURES):
        pixels = np.empty((160, 160, 3), np.uint8)
        pixels[:] = random.integers(256, size=3)
        for _ in range(6):
            top, left, height, width = random.integers(10, 100, size=4)
            pixels[top : top + height, left : left + width] = random.integers(256, size=3)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        atomic.write_bytes(folder / f"{number:03d}.png", buffer.getvalue())
        rows.append(
            metadata.Row(
                file_name=f"{number:03d}.png",
                split="validation" if number % 5 == 4 else "train",
                work_id=str(number),
                source="constructed" if number % 2 else "painting",
                licence="CC0-1.0",
                sha256=str(number),
                width=160,
                height=160,
                remember="yes",
                parameters={},
                raw=np.round([random.random() for _ in ATTRIBUTES], 4),
            )
        )
    metadata.write(folder, rows)


def shake(module: torch.nn.Module) -> None:
    """Give the parts that start at zero or are too faint something to say."""
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                part.running_mean.normal_(0.0, 0.2)
                part.running_var.uniform_(0.02, 0.1)
        for name, parameter in module.named_parameters():
            if name.startswith("condition.last"):
                parameter.normal_(0.0, 0.1)


def networks(library: Library) -> Networks:
    """Tiny networks with random weights; the codebook is fitted to the pictures."""
    torch.manual_seed(5)
    random = np.random.default_rng(5)
    tokenizer = Tokenizer(
        TokenizerConfig(
            encoder_channels=(8, 16), decoder_channels=(16, 16, 16), condition_hidden=16
        )
    )
    shake(tokenizer)
    tokenizer.eval()
    with torch.no_grad():
        pictures = np.stack([np.array(labelled.work.pixels) for labelled in library.labelled])
        latents = tokenizer.latents(torch.from_numpy(images(pictures)))
        tokenizer.quantizer.start_from(latents.permute(0, 2, 3, 1).reshape(-1, 8), rounds=2)
    detail = DetailPrior(
        DetailConfig(learned_dim=8, channels=(16, 16, 16), blocks=(1, 1, 1), condition_hidden=16)
    )
    detail.codebook[:-1] = tokenizer.quantizer.codebook
    shake(detail)
    with torch.no_grad():
        blank = torch.zeros(1, CONDITION_DIM + 1)
        tokens = torch.arange(256).reshape(1, 16, 16)
        logits = detail.eval()(tokens, torch.zeros(1, 4, 16, 16), blank)
        detail.head.weight.mul_(1.5 / logits.std())
    sketch = SketchPrior(SketchConfig(width=16, layers=2, heads=2))
    entries = word_entries()
    pieces = piece_tokenizer(list(entries))
    text = WordEncoder(
        WordEncoderConfig(
            vocabulary=pieces.get_vocab_size(), width=24, layers=1, heads=3, feed_forward=48
        )
    )
    words = [
        {"word": word, "attributes": attributes, "source": "toy"}
        for word, attributes in entries.items()
    ]
    return Networks(
        tokenizer=tokenizer,
        sketch=sketch,
        sketch_colours=random.integers(256, size=(SKETCH_COLOURS, 3), dtype=np.uint8),
        detail=detail,
        text=text,
        text_files={
            "tokenizer.json": pieces.to_str().encode(),
            "words.json": json.dumps(words).encode(),
            "words.npz": npz({"vectors": word_vectors(entries, random)}),
        },
        text_ids=[pieces.encode(word).ids for word in entries],
    )


def save_networks(folder: Path, parts: Networks) -> None:
    """Write the networks as a training leaves them in a folder of weights."""
    metrics = {"toy": True}
    save_weights(folder, "tokenizer", parts.tokenizer, metrics)
    save_weights(folder, "sketch", parts.sketch, metrics)
    save_weights(folder, "detail", parts.detail, metrics)
    pieces = PieceTokenizer.from_str(parts.text_files["tokenizer.json"].decode())
    save_student(folder, Student(parts.text, pieces), metrics)
    atomic.write_bytes(folder / "sketch_colours.npz", npz({"sketch_colours": parts.sketch_colours}))
    for name in ("words.npz", "words.json"):
        atomic.write_bytes(folder / name, parts.text_files[name])


def material(library: Library, held: Library, tokenizer: Tokenizer) -> Material:
    def maps(source: Library, size: tuple[int, int], count: int, seed: int) -> Maps:
        return token_maps(source, tokenizer, CaptionWriter(None), size, count, seed)

    return Material(
        library=library,
        calibration=[maps(library, (96, 96), 10, 1), maps(library, (128, 96), 6, 2)],
        held_out=maps(held, (96, 96), 4, 3),
        common=[maps(library, (128, 128), 8, 4)],
    )


def build(folder: Path) -> Built:
    """Everything of the toy bundle in memory; the corpus is written under `folder`."""
    write_corpus(folder / "corpus", np.random.default_rng(1))
    library = Library([folder / "corpus"], "train")
    held = Library([folder / "corpus"], "validation", library.labels)
    parts = networks(library)
    # The limits are those of trained networks; noise has other ranges than pictures.
    limits = QuantizationLimits(
        encoder_loss=3.0, decoder_psnr=20.0, cross_entropy=0.2, text_cosine=0.9
    )
    return assemble(parts, material(library, held, parts.tokenizer), limits)


def collection(bundle: Bundle, works: int = 6) -> bytes:
    """A collection of coloured squares, encoded by the bundle's own encoder at two levels."""
    random = np.random.default_rng(7)
    encoder = WorkEncoder(bundle, 1)
    entries = []
    for number in range(works):
        pixels = np.empty((384, 384 + 64 * (number % 2), 3), np.uint8)
        pixels[:] = random.integers(256, size=3)
        for _ in range(12):
            top, left, height, width = random.integers(20, 300, size=4)
            pixels[top : top + height, left : left + width] = random.integers(256, size=3)
        source = "constructed" if number % 3 == 2 else "painting"
        work = Work(id=f"work-{number}", title=f"Squares {number}", artist="Toy", source=source)
        entries.append(encoder.entry(pixels, work))
    codebook = BundleTables.of(bundle).codebook
    return write_collection("Toy", tokenizer_hash(codebook), len(codebook), entries)


def make_bundle(folder: Path) -> Bundle:
    """Build the toy bundle and write it to `folder / "bundle"`."""
    return write(build(folder), folder / "bundle", name="Toy", training={"kind": "untrained"})
