"""What a model bundle says about itself: its files with their hashes, models and measurements."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from artdesk.bundle.architecture import FIRST, Architecture
from artdesk.core import strict_json
from artdesk.core.errors import BundleError

FORMAT = "artdesk-bundle"
VERSION = 2
FILE_NAME = "manifest.json"

MAX_MANIFEST_BYTES = 1024 * 1024
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_FILES = 64

_NAME = re.compile(r"[a-z0-9_.-]{1,80}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS_1 = {"format", "version", "name", "licence", "files", "models", "training", "metrics"}
_FIELDS = _FIELDS_1 | {"architecture"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """Size and SHA-256 (hex) of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """Inputs and outputs of one graph: name to type and shape, as "float32 [1,3,H,W]"."""

    inputs: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest of a bundle, checked.

    Attributes:
        name: What people call the model, for example "Atelier 1".
        licence: SPDX name of the licence of the weights.
        files: Every file except the manifest itself.
        models: The graphs among the files.
        training: Plain JSON, how the weights came to be.
        metrics: Plain JSON, what was measured; "self_test" is the hash of a known picture.
        architecture: The sizes of the model.
        version: Of the text. A bundle read from version 1 keeps its text, since the hash of that
            is the bundle's identity.
    """

    name: str
    licence: str
    files: Mapping[str, FileEntry]
    models: Mapping[str, ModelEntry] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    architecture: Architecture = FIRST
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version == 1 and self.architecture != FIRST:
            raise _damaged("its version has only one architecture")
        for name, value in (("name", self.name), ("licence", self.licence)):
            if (
                not isinstance(value, str)
                or not 1 <= len(value.strip()) <= 80
                or not value.isprintable()
            ):
                raise _damaged(f"its {name} is not a text of 1 to 80 characters")
        if not 1 <= len(self.files) <= MAX_FILES:
            raise _damaged(f"it lists {len(self.files)} files instead of 1 to {MAX_FILES}")
        for name, entry in self.files.items():
            if _NAME.fullmatch(name) is None or name.startswith(".") or name == FILE_NAME:
                raise _damaged(f"the file name {name[:80]!r} is not allowed")
            if type(entry.bytes) is not int or not 0 <= entry.bytes <= MAX_FILE_BYTES:
                raise _damaged(f"the size of {name} is not allowed")
            if not isinstance(entry.sha256, str) or _SHA256.fullmatch(entry.sha256) is None:
                raise _damaged(f"the hash of {name} is not a SHA-256")
        for name, model in self.models.items():
            if name not in self.files:
                raise _damaged(f"it describes the model {name[:80]!r}, which is not in it")
            for ports in (model.inputs, model.outputs):
                if not isinstance(ports, dict) or not all(
                    isinstance(key, str) and isinstance(value, str) for key, value in ports.items()
                ):
                    raise _damaged(f"the inputs and outputs of {name} are not texts")

    def to_json(self) -> str:
        """The text of manifest.json, in lines so that people and git can read it."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "version": self.version,
            "name": self.name,
            "licence": self.licence,
            "files": {name: asdict(entry) for name, entry in self.files.items()},
            "models": {name: asdict(model) for name, model in self.models.items()},
            "training": dict(self.training),
            "metrics": dict(self.metrics),
        }
        if self.version > 1:
            data["architecture"] = asdict(self.architecture)
        return strict_json.dump_lines(data)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read manifest.json.

        Raises:
            BundleError: It is damaged, of another kind or of a later version.
        """
        try:
            data = strict_json.load(text, MAX_MANIFEST_BYTES)
        except ValueError as error:
            raise _damaged("its manifest is not readable") from error
        if data.get("format") != FORMAT:
            raise BundleError("This is not an ArtDesk model bundle: choose another one.")
        version = data.get("version")
        if type(version) is int and version > VERSION:
            raise BundleError(
                f"This model bundle was made for a newer ArtDesk (bundle version "
                f"{str(version)[:12]}, this one reads up to {VERSION}): update ArtDesk to open it."
            )
        if type(version) is not int or version < 1:
            raise _damaged("its version is not usable")
        _check_fields("manifest", data, _FIELDS_1 if version == 1 else _FIELDS)
        for name in ("training", "metrics"):
            _check_object(name, data[name])
        files = _check_object("files", data["files"])
        models = _check_object("models", data["models"])
        return cls(
            name=data["name"],
            licence=data["licence"],
            files={
                name: FileEntry(**_check_fields(name, entry, {"bytes", "sha256"}))
                for name, entry in files.items()
            },
            models={
                name: ModelEntry(**_check_fields(name, entry, {"inputs", "outputs"}))
                for name, entry in models.items()
            },
            training=data["training"],
            metrics=data["metrics"],
            architecture=FIRST if version == 1 else _architecture(data["architecture"]),
            version=version,
        )


def _damaged(what: str) -> BundleError:
    return BundleError(f"The model bundle is damaged, {what}: install or export it again.")


def _architecture(data: object) -> Architecture:
    names = {entry.name for entry in fields(Architecture)}
    return Architecture(**_check_fields("architecture", data, names))


def _check_object(where: str, data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _damaged(f"{where} in its manifest is not an object")
    return data


def _check_fields(where: str, data: object, names: set[str]) -> dict[str, Any]:
    values = _check_object(where, data)
    if values.keys() != names:
        wrong = sorted(str(key) for key in values.keys() ^ names)[0][:40]
        verb = "lacks" if wrong in names else "has the unknown field"
        raise _damaged(f"{where[:40]} in its manifest {verb} {wrong!r}")
    return values
