"""Says what is inside a packed app: a CycloneDX bill of materials, and the licences of all parts.

`build.py` runs this with the Python that packed the app, because that one knows the installed
distributions. Format: https://cyclonedx.org/docs/1.6/json.
"""

import argparse
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMMON_LICENCES = Path("/usr/share/common-licenses")
_LICENCE_FILE = re.compile(
    r"(licen[cs]e|copying|notice|thirdpartynotices|copyright)", re.IGNORECASE
)
# Free text of metadata, as SPDX calls it.
_SPDX = {
    "MIT License": "MIT",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
}
# Distributions that name their licence and carry no text of it: Debian's copies are taken.
_TEXT_OF = {
    "pyside6-essentials": ("LGPL-3", "GPL-3", "GPL-2"),
    "shiboken6": ("LGPL-3", "GPL-3", "GPL-2"),
    "flatbuffers": ("Apache-2.0",),
}


@dataclass(slots=True)
class Part:
    """A part of the app.

    Attributes:
        name: Its name.
        version: Its version.
        purl: Package URL, https://github.com/package-url/purl-spec.
        licence: SPDX expression or plain words.
        sha256: Of the file that it was installed from, "" if that is unknown.
        texts: Files with its licence.
        kind: CycloneDX' word for it.
    """

    name: str
    version: str
    purl: str
    licence: str
    sha256: str = ""
    texts: list[Path] = field(default_factory=list)
    kind: str = "library"


def main() -> int:
    """Write the bill and the licences; returns the exit status."""
    parser = argparse.ArgumentParser(description="Say what is inside a packed app.")
    parser.add_argument("--sources", type=Path, required=True, help="list of packed files, JSON")
    parser.add_argument("--report", type=Path, required=True, help="pip's report, JSON")
    parser.add_argument("--version", required=True, help="of the app")
    parser.add_argument("--epoch", type=int, required=True, help="time of the build, Unix seconds")
    parser.add_argument("--licences", type=Path, required=True, help="folder for the texts")
    parser.add_argument("--out", type=Path, required=True, help="the bill")
    options = parser.parse_args()
    sources = [Path(path) for path in json.loads(options.sources.read_text(encoding="utf-8"))]
    hashes = installed_hashes(json.loads(options.report.read_text(encoding="utf-8")))
    parts = [python_part(), *distributions(sources, hashes), *debian_packages(sources)]
    collect(parts, options.licences)
    bill = document(parts, options.version, options.epoch)
    options.out.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def installed_hashes(report: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of the file of each distribution, from `pip install --report`."""
    return {
        normal(entry["metadata"]["name"]): entry["download_info"]["archive_info"]["hashes"][
            "sha256"
        ]
        for entry in report["install"]
    }


def normal(name: str) -> str:
    """A distribution's name in PyPI's normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python_part() -> Part:
    """The interpreter and its standard library."""
    version = platform.python_version()
    # Where Linux and macOS, and where Windows keeps it.
    base = Path(sys.base_prefix)
    texts = [*(base / "lib").glob("python3.*/LICENSE.txt"), *base.glob("LICENSE*")]
    purl = f"pkg:generic/cpython@{version}"
    return Part("CPython", version, purl, "Python-2.0", texts=texts, kind="platform")


def distributions(sources: Iterable[Path], hashes: dict[str, str]) -> list[Part]:
    """The installed distributions of which a file was packed."""
    packed = {path.resolve() for path in sources}
    found = []
    for distribution in metadata.distributions():
        files = [Path(str(file.locate())).resolve() for file in distribution.files or []]
        if not packed.intersection(f for f in files if f.parent.suffix != ".dist-info"):
            continue
        name = normal(distribution.metadata["Name"])
        said = _field(distribution, "License-Expression") or _field(distribution, "License")
        licence = _SPDX.get(said, said)
        texts = [file for file in files if _LICENCE_FILE.match(file.name) and file.suffix != ".py"]
        texts += [COMMON_LICENCES / text for text in _TEXT_OF.get(name, ())]
        version = distribution.version
        purl = f"pkg:pypi/{name}@{version}"
        found.append(Part(name, version, purl, licence, hashes.get(name, ""), texts))
    return sorted(found, key=lambda part: part.name)


def _field(distribution: metadata.Distribution, name: str) -> str:
    values = distribution.metadata.get_all(name) or [""]
    return str(values[0])


def debian_packages(sources: Iterable[Path]) -> list[Part]:
    """Debian's packages of which a library or font was packed; none on other systems."""
    if shutil.which("dpkg-query") is None:
        return []
    names: set[str] = set()
    for path in {path.resolve() for path in sources}:
        if not path.is_relative_to("/usr"):
            continue
        # Packages from before /lib became a link to /usr/lib list their files there.
        old = path.relative_to("/usr")
        found = _ask("dpkg-query", "--search", str(path), f"/{old}")
        names |= {line.partition(":")[0] for line in found.splitlines()}
    parts = []
    for name in sorted(names):
        version = _ask("dpkg-query", "--show", "--showformat", "${Version}\n", name).splitlines()[0]
        text = Path("/usr/share/doc") / name / "copyright"
        purl = f"pkg:deb/debian/{name}@{version}"
        parts.append(Part(name, version, purl, "see its copyright file", texts=[text]))
    return parts


def _ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def collect(parts: Iterable[Part], folder: Path) -> None:
    """Copy the licences of all parts into a folder for each.

    Raises:
        SystemExit: A part comes without a licence text.
    """
    for part in parts:
        texts = [text for text in part.texts if text.is_file()]
        if not texts:
            sys.exit(f"There is no licence text of {part.name}: it cannot be packed.")
        target = folder / part.name.lower()
        target.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(sorted(texts)):
            name = text.name if text.suffix in (".txt", ".md") else f"{text.name}.txt"
            place = target / name
            if place.exists() and place.read_bytes() != text.read_bytes():
                place = target / f"{number}-{name}"
            place.write_bytes(text.read_bytes())


def document(parts: Iterable[Part], version: str, epoch: int) -> dict[str, Any]:
    """The bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    app = {
        "type": "application",
        "bom-ref": "artdesk",
        "name": "artdesk",
        "version": version,
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
        "purl": f"pkg:pypi/artdesk@{version}",
    }
    components = [component(part) for part in parts]
    components.append(model_component())
    references = [entry["bom-ref"] for entry in components]
    content = json.dumps([app, components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number, so that two builds give one file.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": app,
        },
        "components": components,
        "dependencies": [
            {"ref": "artdesk", "dependsOn": references},
            *({"ref": reference, "dependsOn": []} for reference in references),
        ],
    }


def component(part: Part) -> dict[str, Any]:
    """A part in CycloneDX' form."""
    entry: dict[str, Any] = {
        "type": part.kind,
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    if " OR " in part.licence or " AND " in part.licence:
        entry["licenses"] = [{"expression": part.licence}]
    elif re.fullmatch(r"[\w.+-]+", part.licence):
        entry["licenses"] = [{"license": {"id": part.licence}}]
    elif part.licence:
        entry["licenses"] = [{"license": {"name": part.licence}}]
    if part.sha256:
        entry["hashes"] = [{"alg": "SHA-256", "content": part.sha256}]
    return entry


def model_component() -> dict[str, Any]:
    """The model that ships, with the hash of each of its files."""
    folder = ROOT / "resources" / "bundle"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": manifest["name"],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "components": [
            {
                "type": "file",
                "bom-ref": f"model/{path.name}",
                "name": path.name,
                "hashes": [
                    {"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}
                ],
            }
            for path in sorted(folder.iterdir())
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
