"""`artdesk check`: is the model whole, and does it draw here what it drew where it was made?"""

import argparse
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import artdesk
from artdesk.cli import common
from artdesk.core.errors import BundleError
from artdesk.core.paths import bundle_folder
from artdesk.engine.pipeline import Engine
from artdesk.engine.self_test import METRIC, fingerprint

LIBRARIES = ("numpy", "onnxruntime", "pillow", "platformdirs", "PySide6-Essentials")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "--bundle", type=Path, metavar="PATH", help="another model bundle: folder or .artpack"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check everything; returns the exit status.

    Raises:
        BundleError: The bundle is damaged or draws something else.
    """
    bundle = common.open_chosen_bundle(arguments)
    one, two = (fingerprint(Engine(bundle, threads)) for threads in (1, 2))
    known = bundle.manifest.metrics.get(METRIC)
    report: dict[str, Any] = {
        "versions": versions(),
        "bundle": str(arguments.bundle or bundle_folder()),
        "bundle_name": bundle.manifest.name,
        "bundle_hash": bundle.hash,
        "files": len(bundle.data),
        "self_test": one,
        "same_with_one_and_two_threads": one == two,
        "same_as_where_it_was_made": None if known is None else one == known,
    }
    if arguments.json:
        common.print_json(report)
    else:
        _print(report)
    if one != two:
        raise BundleError(
            "The self-test drew different pictures with one and with two threads: report this "
            "machine and its versions, and use --threads 1 meanwhile."
        )
    if known is not None and one != known:
        raise BundleError(
            "The self-test drew another picture than where the model was made: pictures of "
            "others will differ here; install the versions that ArtDesk asks for."
        )
    return 0


def versions() -> dict[str, str]:
    """Versions of ArtDesk, of Python and of the libraries that draw."""
    found = {"artdesk": artdesk.__version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    found["system"] = f"{platform.system()} {platform.machine()}"
    return found


def _print(report: dict[str, Any]) -> None:
    for name, version in report["versions"].items():
        print(f"{name:<20} {version}")
    print(f"{'model':<20} {report['bundle_name']} ({report['bundle_hash'][:16]})")
    print(f"{'model files':<20} {report['files']} whole and unaltered")
    agree = "the same" if report["same_with_one_and_two_threads"] else "DIFFERENT"
    print(f"{'self-test':<20} {agree} with one and two threads")
    known = report["same_as_where_it_was_made"]
    text = {None: "not recorded in the model", True: "the same", False: "DIFFERENT"}[known]
    print(f"{'against its origin':<20} {text}")
