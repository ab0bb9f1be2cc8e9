"""What every test stands on: an offscreen Qt, no network, no surprises in the log."""

import logging
import os
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
