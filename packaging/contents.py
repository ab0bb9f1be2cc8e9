"""What goes into the packed app and what stays out; read by artdesk.spec and by the tests."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

# Modules that hooks or libraries pull in and the app never imports. `ssl` and QtNetwork are ways to
# a network: what is not there cannot speak even if a library wanted to.
EXCLUDED_MODULES = (
    *("tkinter", "unittest", "doctest", "pydoc", "pdb", "lib2to3", "ensurepip", "distutils"),
    *("setuptools", "pip", "hatchling", "xmlrpc", "ssl", "_ssl", "ftplib", "smtplib", "sqlite3"),
    *("PySide6.QtNetwork", "PySide6.QtSvg", "PySide6.QtOpenGL", "PySide6.QtQml"),
    *("PIL.ImageTk", "PIL._imagingtk", "PIL.ImageQt", "numpy.f2py", "numpy.testing"),
    *("onnxruntime.quantization", "onnxruntime.transformers", "onnxruntime.tools"),
    *("onnxruntime.backend", "onnxruntime.datasets", "onnx", "torch", "tokenizers"),
)

# Qt's plugins that a window of widgets needs: screens, writing with dead keys or an input method,
# the desktop's dialogs through its portal. No OpenGL, no network, no image formats: Pillow reads
# files.
KEPT_PLUGINS = tuple(
    re.compile(pattern)
    for pattern in (
        r"platforms/(lib)?q(xcb|wayland|offscreen|windows|cocoa)\b",
        r"platforminputcontexts/",
        r"platformthemes/libqxdgdesktopportal\b",
        r"wayland-shell-integration/lib(xdg-shell|qt-shell)\b",
        r"wayland-decoration-client/libbradient\b",
        r"styles/",
    )
)

# PyInstaller leaves these to the system; a bare one has none, and without OpenGL plugins no driver
# is ever loaded that could want others.
WINDOW_LIBRARIES = ("libxcb.so.1", "libEGL.so.1", "libGL.so.1", "libGLX.so.0", "libGLdispatch.so.0")

# Data in the app's own folder; `resources/words` belongs to the training.
RESOURCES = ("bundle", "icon", "LICENSES")

# Distributions whose version `artdesk check` prints.
VERSIONED = ("numpy", "onnxruntime", "pillow", "platformdirs", "PySide6-Essentials")

Entry = tuple[str, str, str]


def is_plugin(name: str) -> bool:
    """Whether a file is a plugin of Qt."""
    return "/plugins/" in f"/{Path(name).as_posix()}"


def is_kept_plugin(name: str) -> bool:
    """Whether it is one that the window needs."""
    place = Path(name).as_posix().rpartition("/plugins/")[2]
    return any(pattern.search(place) for pattern in KEPT_PLUGINS)


def needed(binaries: Iterable[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The binaries that modules and kept plugins load, directly or through others.

    Args:
        binaries: PyInstaller's entries (name in the app, path, kind).
        imports: Names of the libraries that a binary is linked to.
    """
    entries = [entry for entry in binaries if not is_plugin(entry[0]) or is_kept_plugin(entry[0])]
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(Path(entry[0]).name, []).append(entry)
    waiting = [e for e in entries if e[2] == "EXTENSION" or is_plugin(e[0]) or _is_root(e[0])]
    kept = set(waiting)
    while waiting:
        _, path, _ = waiting.pop()
        for library in imports(path):
            for found in by_name.get(Path(library).name, ()):
                if found not in kept:
                    kept.add(found)
                    waiting.append(found)
    return [entry for entry in entries if entry in kept]


def without_loose_ends(datas: Iterable[Entry], binaries: Iterable[Entry]) -> list[Entry]:
    """The data files, without plugins and without links to libraries that stay out."""
    names = {Path(name).as_posix() for name, _, _ in binaries}
    return [
        (name, path, kind)
        for name, path, kind in datas
        if not is_plugin(name) and (kind != "SYMLINK" or Path(path).as_posix() in names)
    ]


def _is_root(name: str) -> bool:
    """Libraries that are loaded by name, not by being linked to."""
    file = Path(name).name.lower()
    return file.startswith(("libpython", "python3", "libonnxruntime", "onnxruntime", "ucrt", "vcr"))
