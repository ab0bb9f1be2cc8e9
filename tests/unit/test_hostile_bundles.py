"""Bundles made to do harm end in a BundleError: when they are opened, or when they are used."""

import hashlib
import json
import os
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from artdesk.bundle.manifest import FileEntry, Manifest
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.core.errors import BundleError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Word
from artdesk.engine.external_data import has_subgraphs
from artdesk.engine.pipeline import Engine
from artdesk.engine.session import GraphSession
from artdesk.engine.watchdog import Watchdog
from tests.hostile import Files, endless_loop, hostile_files, laughing_functions
from tests.unit.test_session import chain


def bundle_of(files: Files) -> Bundle:
    entries = {
        name: FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in files.items()
    }
    manifest = Manifest(name="Hostile", licence="CC0-1.0", files=entries)
    return Bundle(manifest, hashlib.sha256(manifest.to_json().encode()).hexdigest(), files)


def use(bundle: Bundle) -> None:
    """What `check` and `generate` do with a bundle: all of its networks and tables."""
    engine = Engine(bundle, 1)
    engine.generate(
        Recipe(
            words=(Word(text="calm"), Word(text="flurblish")),
            canvas=Canvas(width=64, height=64),
            sampling=Sampling(steps=4, jitter_milli=50, refine_milli=100),
            seed=3,
        )
    )


def test_the_bundle_itself_is_good(toy_bundle: Bundle) -> None:
    use(bundle_of(dict(toy_bundle.data)))


@pytest.mark.filterwarnings("error")
def test_hostile_files_are_a_bundle_error(toy_bundle: Bundle) -> None:
    kinds = hostile_files(toy_bundle)
    assert len(kinds) > 300
    wrong: dict[str, str] = {}
    for name, files in kinds.items():
        try:
            use(bundle_of(files))
            wrong[name] = "nothing"
        except BundleError as error:
            if not str(error).endswith("."):
                wrong[name] = str(error)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            wrong[name] = repr(error)[:120]
    lines = "\n".join(f"{name}: {what}" for name, what in wrong.items())
    assert not wrong, f"{len(wrong)} of {len(kinds)}:\n{lines}"


HEAD = '{"format":"artdesk-bundle","version":2,'
MANIFESTS = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"x" * 2_000_000,
    (HEAD + '"name":null}').encode(),
    (HEAD + '"files":[1]}').encode(),
    (HEAD + '"name":"\\ud800"}').encode(),
    b'{"format":"artdesk-bundle","version":1e999}',
    b'{"format":"artdesk-bundle","version":' + b"9" * 5000 + b"}",
    b'{"format":"artdesk-bundle","version":2,"version":2}',
]


@pytest.mark.parametrize("number", range(len(MANIFESTS)))
def test_hostile_manifests(tmp_path: Path, number: int) -> None:
    (tmp_path / "manifest.json").write_bytes(MANIFESTS[number])
    with pytest.raises(BundleError):
        open_bundle(tmp_path)


def test_every_field_of_a_manifest_may_be_of_any_kind(tmp_path: Path, toy_bundle: Bundle) -> None:
    whole = json.loads(toy_bundle.manifest.to_json())
    values = (None, [], {}, "", "x" * 1000, -1, 1.5, True, 10**30, {"a": {"b": None}}, [[[]]])
    places = [(key,) for key in whole] + [("architecture", key) for key in whole["architecture"]]
    places += [("files", "tables.npz"), ("files", "tables.npz", "bytes")]
    places += [("files", "tables.npz", "sha256"), ("models", "decoder.onnx", "inputs")]
    for place in places:
        for value in values:
            data = json.loads(json.dumps(whole))
            inside = data
            for key in place[:-1]:
                inside = inside[key]
            inside[place[-1]] = value
            (tmp_path / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
            with pytest.raises(BundleError):
                open_bundle(tmp_path)


def pack_of(folder: Path, path: Path) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path.read_bytes()


def test_packs_with_any_byte_changed_open_the_same_or_not(
    tmp_path: Path, toy_bundle_folder: Path
) -> None:
    path = tmp_path / "toy.artpack"
    whole = pack_of(toy_bundle_folder, path)
    identity = open_bundle(path).hash
    directory = whole.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", whole, directory + 16)[0]
    random = np.random.default_rng(1)
    places = [*range(start, len(whole), 3), *random.integers(0, start, 300).tolist()]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(changed)
        try:
            assert open_bundle(path).hash == identity
        except BundleError:
            continue


@pytest.mark.skipif(os.name == "nt", reason="needs pipes in the file system")
@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()]
)
def test_files_that_are_none(
    tmp_path: Path, toy_bundle_folder: Path, make: Callable[[Path], None]
) -> None:
    for name in ("manifest.json", "tables.npz"):
        folder = tmp_path / name
        folder.mkdir()
        for file in toy_bundle_folder.iterdir():
            if file.name != name:
                (folder / file.name).symlink_to(file)
        make(folder / name)
        with pytest.raises(BundleError):
            open_bundle(folder)
    make(tmp_path / "hostile.artpack")
    with pytest.raises(BundleError):
        open_bundle(tmp_path / "hostile.artpack")


def test_loops_and_functions_are_found() -> None:
    assert has_subgraphs(endless_loop())
    assert has_subgraphs(laughing_functions())
    assert not has_subgraphs(chain(3))
    with pytest.raises(BundleError, match="loops, branches or functions"):
        GraphSession(endless_loop(), name="decoder")


def test_a_run_that_goes_on_too_long_is_stopped() -> None:
    session = GraphSession(chain(20_000), threads=1, name="decoder", run_seconds=0.2)
    with pytest.raises(BundleError, match="did not end within"):
        session.run({"x": np.zeros((500, 500), dtype=np.float32)})
    small = np.eye(2, dtype=np.float32)
    np.testing.assert_array_equal(session.run({"x": small})[0], small)


def test_the_watchdog_calls_only_for_what_is_late() -> None:
    watchdog = Watchdog()
    late, early = threading.Event(), threading.Event()
    for _ in range(3):
        with watchdog.watching(60, early.set):
            pass
        with watchdog.watching(60, early.set), watchdog.watching(0.05, late.set):
            assert late.wait(30)
        late.clear()
    assert not early.is_set()
