"""Write a model bundle so that it is there as a whole and verified, or not at all."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from artdesk.bundle.architecture import FIRST, Architecture
from artdesk.bundle.manifest import FILE_NAME, FileEntry, Manifest, ModelEntry
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.core import atomic
from artdesk.core.errors import OutputError


def write_bundle(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    name: str,
    licence: str,
    architecture: Architecture = FIRST,
    models: Mapping[str, ModelEntry] | None = None,
    training: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Bundle:
    """Write a bundle into `folder`, replacing a bundle that is there.

    All files go into a new folder beside it, the manifest last; that folder is read back and
    checked, and only then takes the name.

    Args:
        folder: Where the bundle shall be; may hold an older bundle, and nothing else.
        files: Name to bytes, without the manifest.
        name: What people call the model.
        licence: SPDX name of the licence of the weights.
        architecture: The sizes of the model.
        models: Inputs and outputs of the graphs, by file name.
        training: Plain JSON, how the weights came to be.
        metrics: Plain JSON, what was measured.

    Returns:
        The bundle as read back.

    Raises:
        BundleError: A name, size or description is not allowed.
        OutputError: The folder cannot be written, or holds something else.
    """
    manifest = Manifest(
        name=name,
        licence=licence,
        architecture=architecture,
        files={
            key: FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
            for key, data in files.items()
        },
        models=models or {},
        training=training or {},
        metrics=metrics or {},
    )
    folder = Path(os.path.realpath(folder))
    _refuse_foreign(folder)
    atomic.make_folder(folder.parent)
    fresh = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        atomic.make_folder(fresh)
        for key, data in files.items():
            atomic.write_bytes(fresh / key, data)
        atomic.write_text(fresh / FILE_NAME, manifest.to_json())
        bundle = open_bundle(fresh)
        _swap(fresh, folder, old)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return bundle


def write_pack(bundle: Bundle, path: Path) -> None:
    """Write a bundle as one .artpack file (zip); the same bundle gives the same bytes.

    Raises:
        OutputError: The file cannot be written.
    """
    contents = {FILE_NAME: bundle.manifest.to_json().encode("utf-8"), **bundle.data}
    if hashlib.sha256(contents[FILE_NAME]).hexdigest() != bundle.hash:
        raise OutputError("The bundle's manifest was not written by ArtDesk: export it again.")
    with atomic.atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])


def _refuse_foreign(folder: Path) -> None:
    """Never replace a folder that is not a bundle: it may be somebody's work."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"Cannot write a bundle to {folder}: a file is there, choose a folder.")
    entries = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
    if entries and FILE_NAME not in entries:
        raise OutputError(
            f"Cannot write a bundle to {folder}: it holds other files, choose an empty folder."
        )


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise atomic.output_error(folder, error) from error
    with suppress(OSError):
        shutil.rmtree(old)
