"""What every test stands on: an offscreen Qt, no network, no surprises in the log."""

import hashlib
import logging
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

# Before anything loads Qt or a numeric library.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Training libraries look for a hub; the tests must not.
os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from hypothesis import settings

from artdesk.bundle.collection import FILE_NAME as COLLECTION
from artdesk.bundle.reader import Bundle, open_bundle

# A shell starts background jobs with SIGINT ignored, which programs inherit; some tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("artdesk", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("artdesk")


@pytest.fixture(autouse=True)
def fail_on_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs at WARNING or above unless `expects_log` names a part of the line."""
    yield
    marker = request.node.get_closest_marker("expects_log")
    expected = marker.args if marker else ()
    lines = [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
    ]
    unexpected = [line for line in lines if not any(part in line for part in expected)]
    assert not unexpected, f"unexpected log lines: {unexpected}"
    missing = [part for part in expected if not any(part in line for line in lines)]
    assert not missing, f"expected log lines did not come: {missing}"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection but those to local sockets in the file system."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family == getattr(socket, "AF_UNIX", None):
            connect(self, address)
            return
        raise AssertionError(f"a test tried to reach {address!r}; ArtDesk works offline")

    def refuse_lookup(host: object, *args: object, **kwargs: object) -> NoReturn:
        raise AssertionError(f"a test tried to look up {host!r}; ArtDesk works offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse_lookup)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, journal and log of each test lie in a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ARTDESK_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def toy_bundle_folder(request: pytest.FixtureRequest) -> Path:
    """Folder of the toy bundle (see tests/toy.py); made again only when its sources change."""
    digest = hashlib.sha256()
    # The engine too: a bundle carries the hash of the picture that this engine draws.
    rooms = ("core", "bundle", "pictures", "engine")
    packages = ("models", "training", *(f"artdesk/{room}" for room in rooms))
    sources = [source for package in packages for source in (ROOT / package).rglob("*.py")]
    for source in sorted([*sources, ROOT / "tests" / "toy.py"]):
        digest.update(source.read_bytes())
    folder: Path = request.config.cache.mkdir("artdesk-toy") / digest.hexdigest()[:20]
    if not (folder / "bundle" / "manifest.json").is_file():
        from tests.toy import make_bundle

        # In a folder of its own first: another test run may be making the same one.
        own = folder.with_name(f"{folder.name}-{os.getpid()}")
        shutil.rmtree(own, ignore_errors=True)
        make_bundle(own)
        try:
            own.rename(folder)
        except OSError:
            shutil.rmtree(own)
    return folder / "bundle"


@pytest.fixture(scope="session")
def toy_bundle(toy_bundle_folder: Path) -> Bundle:
    """The toy bundle, opened and checked."""
    return open_bundle(toy_bundle_folder)


@pytest.fixture(scope="session")
def remembering_bundle(toy_bundle: Bundle) -> Bundle:
    """The toy bundle with a collection of six works in it."""
    from tests.toy import collection

    data = {**toy_bundle.data, COLLECTION: collection(toy_bundle)}
    return Bundle(toy_bundle.manifest, toy_bundle.hash, data)
