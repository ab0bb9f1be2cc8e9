"""The lock files: complete, with hashes, within the ranges of pyproject.toml, and no surprise."""

import json
import re
import tomllib
from collections import defaultdict
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "packaging" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
APP = PROJECT["project"]["dependencies"]
BUILD = PROJECT["build-system"]["requires"]

# All that comes into an artist's environment. A name that is new here was looked at first: does it
# open connections, does it write outside the user's folders, under which licence does it come?
APP_BRINGS = {
    *("pyside6-essentials", "shiboken6", "numpy", "pillow", "platformdirs"),
    *("onnxruntime", "flatbuffers", "packaging", "protobuf"),
}
BUILD_BRINGS = {"editables", "hatchling", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}


def read(name: str) -> dict[str, dict[str, set[str]]]:
    """Hashes of each version of each package of a lock."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    current: set[str] = set()
    for line in (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("    --hash="):
            digest = re.fullmatch(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?", line)
            assert digest is not None, line
            current.add(digest[1])
            continue
        requirement = Requirement(line.removesuffix("\\"))
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        current = found[canonicalize_name(requirement.name)][pin.version]
    return found


RUN, TRAIN, DEV, FREEZE, GPU = (read(n) for n in ("run", "train", "dev", "freeze", "gpu"))


@pytest.mark.parametrize(
    ("lock", "needs"),
    [
        (RUN, [*APP, *BUILD]),
        (TRAIN, [*APP, *BUILD, *EXTRAS["train"]]),
        (DEV, [*APP, *BUILD, *EXTRAS["train"], *EXTRAS["dev"]]),
        (FREEZE, [*APP, *BUILD, *EXTRAS["freeze"]]),
    ],
    ids=["run", "train", "dev", "freeze"],
)
def test_locks_hold_what_the_project_asks_for(
    lock: dict[str, dict[str, set[str]]], needs: list[str]
) -> None:
    wrong = []
    for text in needs:
        requirement = Requirement(text)
        versions = lock.get(canonicalize_name(requirement.name), {})
        if not versions or not all(requirement.specifier.contains(v) for v in versions):
            wrong.append(text)
    assert wrong == [], "run `make lock KEEP=--keep`"


def test_every_file_is_known_by_its_hash() -> None:
    for lock in (RUN, TRAIN, DEV, FREEZE, GPU):
        assert [name for name, versions in lock.items() if not all(versions.values())] == []


def test_locks_agree() -> None:
    for part, whole in ((RUN, TRAIN), (TRAIN, DEV), (RUN, FREEZE)):
        assert {name: part[name] for name in part if part[name] != whole.get(name)} == {}
    assert not set(GPU) & set(DEV)


def test_the_app_brings_only_what_was_looked_at() -> None:
    assert set(RUN) == APP_BRINGS | BUILD_BRINGS


def test_locks_name_everything_that_their_packages_need() -> None:
    for lock in (RUN, TRAIN, DEV):
        missing = set()
        for name in lock:
            try:
                needs = metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                continue  # of another system
            for requirement in map(Requirement, needs):
                marker = requirement.marker
                if marker is None or marker.evaluate({"extra": ""}):
                    missing.add(canonicalize_name(requirement.name))
        # Of torch only PyPI's build for Linux wants the GPU libraries.
        assert missing - set(lock) - set(GPU) == set()


def test_torch_may_be_of_pypi_or_a_cpu_build() -> None:
    ((version, hashes),) = DEV["torch"].items()
    builds = json.loads((LOCKS / "torch-cpu.json").read_text(encoding="utf-8"))[version]
    assert all(file.startswith(f"torch-{version}+cpu-") for file in builds)
    assert set(builds.values()) < hashes
    # A lock of its own, since pip would rather take PyPI's than a CPU build in a plain folder.
    assert read("torch-cpu") == {"torch": {f"{version}+cpu": set(builds.values())}}


def test_onnxruntime_cannot_be_renewed_unseen() -> None:
    # See tests/silence: each release of it has to be watched before it comes in.
    (bound,) = (r for r in map(Requirement, APP) if r.name == "onnxruntime")
    ((version, _),) = RUN["onnxruntime"].items()
    following = Version(version)
    assert not bound.specifier.contains(f"{following.major}.{following.minor + 1}.0")
