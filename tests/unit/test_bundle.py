"""Bundles: whole and unaltered, or refused with the name of the file at fault."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from artdesk.bundle import writer
from artdesk.bundle.architecture import FIRST
from artdesk.bundle.manifest import FILE_NAME, FileEntry, Manifest, ModelEntry
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.bundle.writer import write_bundle, write_pack
from artdesk.core import strict_json
from artdesk.core.errors import BundleError, OutputError


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


FILES = {"tables.npz": npz(codebook=np.eye(4, dtype=np.float32)), "words.json": b"[]"}


def make(folder: Path, **changes: object) -> Bundle:
    values = {
        "name": "Toy",
        "licence": "CC0-1.0",
        "models": {"words.json": ModelEntry(inputs={"a": "float32 [1]"}, outputs={})},
        "training": {"steps": 3},
        "metrics": {"psnr": 22.5},
    } | changes
    return write_bundle(folder, FILES, **values)  # type: ignore[arg-type]


def test_round_trip(tmp_path: Path) -> None:
    written = make(tmp_path / "toy")
    bundle = open_bundle(tmp_path / "toy")
    assert bundle == written
    assert bundle.data == FILES
    assert len(bundle.hash) == 64
    np.testing.assert_array_equal(bundle.arrays("tables.npz")["codebook"], np.eye(4))
    assert bundle.manifest.metrics == {"psnr": 22.5}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy"]
    with pytest.raises(BundleError, match=r"has no decoder\.onnx"):
        bundle.file("decoder.onnx")
    with pytest.raises(BundleError, match=r"words\.json in the model bundle holds no readable"):
        bundle.arrays("words.json")


def test_bundles_of_version_1_keep_text_and_identity(tmp_path: Path) -> None:
    make(tmp_path / "toy")
    path = tmp_path / "toy" / FILE_NAME
    data = json.loads(path.read_text())
    assert data.pop("architecture") == asdict(FIRST)
    path.write_text(strict_json.dump_lines(data | {"version": 1}))
    bundle = open_bundle(tmp_path / "toy")
    assert bundle.manifest.architecture == FIRST
    assert bundle.manifest.to_json() == path.read_text()
    write_pack(bundle, tmp_path / "a.artpack")
    assert open_bundle(tmp_path / "a.artpack").hash == bundle.hash


def test_sizes_of_a_model_are_written(tmp_path: Path) -> None:
    sizes = replace(FIRST, codes=1024, downsampling=16)
    make(tmp_path / "toy", architecture=sizes)
    assert open_bundle(tmp_path / "toy").manifest.architecture == sizes
    with pytest.raises(BundleError, match="only one architecture"):
        Manifest(name="a", licence="b", files={}, architecture=sizes, version=1)


def test_pack(tmp_path: Path) -> None:
    bundle = make(tmp_path / "toy")
    write_pack(bundle, tmp_path / "a.artpack")
    write_pack(bundle, tmp_path / "b.artpack")
    assert (tmp_path / "a.artpack").read_bytes() == (tmp_path / "b.artpack").read_bytes()
    assert open_bundle(tmp_path / "a.artpack") == bundle


def alter(folder: Path) -> None:
    data = bytearray((folder / "tables.npz").read_bytes())
    data[100] ^= 1
    (folder / "tables.npz").write_bytes(data)


def grow(folder: Path) -> None:
    with (folder / "words.json").open("ab") as file:
        file.write(b" ")


def edit(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = json.loads((folder / FILE_NAME).read_text()) | changes
        (folder / FILE_NAME).write_text(json.dumps(data))

    return change


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda p: (p / "tables.npz").unlink(), r"lacks tables\.npz: install or export"),
    "altered": (alter, r"tables\.npz in the model bundle was altered or is damaged"),
    "longer": (grow, r"words\.json in the model bundle was altered"),
    "empty": (lambda p: (p / "words.json").write_bytes(b""), r"words\.json .* was altered"),
    "extra": (lambda p: (p / "evil.so").write_bytes(b"x"), r"unknown file 'evil\.so': remove it"),
    "extra folder": (lambda p: (p / "more").mkdir(), "unknown file 'more'"),
    "no manifest": (lambda p: (p / FILE_NAME).unlink(), r"has no manifest\.json"),
    "manifest no json": (lambda p: (p / FILE_NAME).write_bytes(b"{"), "manifest is not readable"),
    "manifest bytes": (lambda p: (p / FILE_NAME).write_bytes(b"\xff"), "manifest is not readable"),
    "manifest huge": (
        lambda p: (p / FILE_NAME).write_bytes(b" " * 2_000_000),
        "manifest is not readable",
    ),
    "other format": (edit(format="zip"), "not an ArtDesk model bundle"),
    "newer": (edit(version=3), r"newer ArtDesk \(bundle version 3"),
    "version text": (edit(version="1"), "version is not usable"),
    "unknown field": (edit(more=1), "unknown field 'more'"),
    "version 1 with an architecture": (edit(version=1), "unknown field 'architecture'"),
    "architecture": (edit(architecture=None), "architecture in its manifest is not an object"),
    "architecture part": (edit(architecture={"codes": 512}), "architecture .* lacks 'dimension'"),
    "no codes": (edit(architecture=asdict(FIRST) | {"codes": 0}), "its codes is not a whole"),
    "text": (edit(architecture=asdict(FIRST) | {"window": "32"}), "its window is not a whole"),
    "file is a folder": (
        lambda p: [(p / "words.json").unlink(), (p / "words.json").mkdir()],
        "cannot be read",
    ),
    "files a list": (edit(files=[]), "files in its manifest is not an object"),
    "no files": (edit(files={}), "lists 0 files"),
    "name number": (edit(name=7), "its name is not a text"),
    "metrics": (edit(metrics=None), "metrics in its manifest is not an object"),
    "path": (edit(files={"../x": {"bytes": 1, "sha256": "a" * 64}}), "'../x' is not allowed"),
    "negative": (edit(files={"x": {"bytes": -1, "sha256": "a" * 64}}), "size of x"),
    "hash": (edit(files={"x": {"bytes": 1, "sha256": "A" * 64}}), "hash of x"),
    "entry": (edit(files={"x": {"bytes": 1}}), "x in its manifest lacks 'sha256'"),
    "total": (
        edit(files={c: {"bytes": 200_000_000, "sha256": "a" * 64} for c in "abc"}, models={}),
        "lacks a",
    ),
    "models": (edit(models={"none.onnx": {"inputs": {}, "outputs": {}}}), "which is not in it"),
    "ports": (edit(models={"words.json": {"inputs": [], "outputs": {}}}), "are not texts"),
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults(tmp_path: Path, fault: Callable[[Path], object], message: str) -> None:
    folder = tmp_path / "toy"
    make(folder)
    fault(folder)
    with pytest.raises(BundleError, match=message) as caught:
        open_bundle(folder)
    assert str(caught.value).endswith(".")


def test_files_of_file_managers_do_no_harm(tmp_path: Path) -> None:
    make(tmp_path / "toy")
    (tmp_path / "toy" / ".DS_Store").write_bytes(b"x")
    open_bundle(tmp_path / "toy")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="There is no model bundle at"):
        open_bundle(tmp_path / "none")
    (tmp_path / "text.artpack").write_text("hello")
    with pytest.raises(BundleError, match="is no model bundle: choose"):
        open_bundle(tmp_path / "text.artpack")
    with pytest.raises(BundleError, match=r"has no manifest\.json"):
        open_bundle(tmp_path)


def pack(path: Path, entries: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def test_hostile_packs(tmp_path: Path) -> None:
    bundle = make(tmp_path / "toy")
    whole = [(FILE_NAME, bundle.manifest.to_json().encode()), *bundle.data.items()]
    path = tmp_path / "a.artpack"
    open_bundle(pack(path, whole))
    with pytest.raises(BundleError, match=r"unknown file '\.\./evil'"):
        open_bundle(pack(path, [*whole, ("../evil", b"x")]))
    bomb = [(FILE_NAME, whole[0][1]), ("tables.npz", bytes(50_000_000)), whole[2]]
    with pytest.raises(BundleError, match=r"tables\.npz .* was altered"):
        open_bundle(pack(path, bomb))
    with pytest.warns(UserWarning, match="Duplicate name"):
        pack(path, [*whole, whole[1]])
    with pytest.raises(BundleError, match="holds a file twice"):
        open_bundle(path)
    data = pack(path, whole).read_bytes()
    for length in range(0, len(data), 41):
        path.write_bytes(data[:length])
        with pytest.raises(BundleError):
            open_bundle(path)


def test_arrays_refuse_pickles(tmp_path: Path) -> None:
    evil = npz(a=np.array([{"x": 1}], dtype=object))
    bundle = write_bundle(tmp_path / "toy", {"tables.npz": evil}, name="Toy", licence="CC0-1.0")
    with pytest.raises(BundleError, match="holds no readable arrays"):
        bundle.arrays("tables.npz")


def test_writer_replaces_only_bundles(tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    first = make(folder)
    second = make(folder, name="Toy 2")
    assert first.hash != second.hash
    assert open_bundle(folder) == second
    work = tmp_path / "work"
    work.mkdir()
    (work / "novel.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files, choose an empty folder"):
        make(work)
    assert (work / "novel.txt").read_text() == "mine"
    with pytest.raises(OutputError, match="a file is there"):
        make(work / "novel.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy", "work"]


def test_a_write_that_fails_keeps_the_old_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "toy"
    old = make(folder)

    def refuse(path: Path) -> Bundle:
        raise BundleError("It failed its check.")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "open_bundle", refuse)
        with pytest.raises(BundleError, match="failed its check"):
            make(folder, name="Toy 2")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError(28, "full")
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(OutputError, match="disk is full"):
            make(folder, name="Toy 2")
    assert open_bundle(folder) == old
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_writer_refuses_bad_descriptions(tmp_path: Path) -> None:
    for changes in (
        {"name": ""},
        {"licence": "x\ny"},
        {"models": {"no": ModelEntry(inputs={}, outputs={})}},
    ):
        with pytest.raises(BundleError):
            make(tmp_path / "toy", **changes)
    with pytest.raises(ValueError, match="Out of range float"):
        make(tmp_path / "toy", metrics={"psnr": float("nan")})
    with pytest.raises(BundleError, match="is not allowed"):
        write_bundle(tmp_path / "toy", {"A/b": b""}, name="Toy", licence="CC0-1.0")
    assert list(tmp_path.iterdir()) == []


def test_manifest_text_round_trip() -> None:
    entry = FileEntry(bytes=1, sha256="a" * 64)
    manifest = Manifest(name="Ätelier", licence="CC0-1.0", files={"a.onnx": entry})
    assert Manifest.from_json(manifest.to_json()) == manifest
