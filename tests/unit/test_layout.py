"""Guards on the shape of the project: what a reviewer would otherwise have to see each time."""

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

ROOT = Path(__file__).resolve().parents[2]
# The log handlers, the crash log and the lock of the window keep a file open; everything else goes
# through atomic.py.
MAY_WRITE = {"artdesk/core/atomic.py", "artdesk/core/instance.py", "artdesk/core/log.py"}


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            yield name, ast.parse(path.read_text(encoding="utf-8"), name)


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def temporaries(tree: ast.Module) -> set[str]:
    """The names that `with atomic_path(...) as NAME` binds; writing to those is the right way."""
    return {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
        if "atomic_path" in ast.unparse(item.context_expr)
        and isinstance(item.optional_vars, ast.Name)
    }


def writes(tree: ast.Module) -> Iterator[int]:
    """The lines that open a file for writing by any of the usual ways."""
    allowed = temporaries(tree) | {"atomic"}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        method = isinstance(function, ast.Attribute)
        name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
        if method and ast.unparse(function.value) in allowed:
            continue
        if name in {"write_text", "write_bytes"} and method:
            yield node.lineno
        if name == "open":
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            modes = [value.value for value in values if isinstance(value, ast.Constant)]
            if any(isinstance(m, str) and len(m) <= 3 and set(m) & set("wax+") for m in modes):
                yield node.lineno


def test_packaging_folder_is_not_a_package() -> None:
    # It would hide the package `packaging` that pytest, onnxruntime and transformers import.
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_resources_hold_data_only() -> None:
    assert not list((ROOT / "resources").rglob("*.py"))


def test_only_the_atomic_writer_writes_files() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in sources("artdesk", "models", "training")
        if name not in MAY_WRITE
        for line in writes(tree)
    ]
    assert found == []


def test_only_the_session_imports_onnxruntime() -> None:
    found = {name for name, tree in sources("artdesk") if "onnxruntime" in imported(tree)}
    assert found <= {"artdesk/engine/session.py"}


def test_no_pickle_in_the_app() -> None:
    unsafe = {"pickle", "shelve", "marshal", "dill", "cloudpickle"}
    assert [name for name, tree in sources("artdesk") if imported(tree) & unsafe] == []


def test_models_read_and_write_no_files() -> None:
    assert [name for name, tree in sources("models") if imported(tree) & {"pathlib", "os"}] == []


def test_files_stay_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for package in ("artdesk", "models", "training")
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_start_is_light() -> None:
    code = (
        "import sys, artdesk.__main__\n"
        "heavy = ('torch', 'transformers', 'onnxruntime', 'PySide6', 'numpy', 'PIL')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_training_help_does_not_wait_for_torch() -> None:
    code = (
        "import sys\n"
        "from training.__main__ import build_app\n"
        "build_app()(['--help'], standalone_mode=False)\n"
        "print('torch' in sys.modules)"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert output.strip().endswith("False")
    assert "export" in output


class Probe(QObject):
    fired = Signal(int)


def test_pyside_keeps_true_alive() -> None:
    # PySide6 6.12.0 on Python 3.11 drops a reference to True at every emit.
    probe = Probe()
    before = sys.getrefcount(True)
    for number in range(100):
        probe.fired.emit(number)
    assert sys.getrefcount(True) > before - 50


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_only_the_app(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"artdesk", next(top for top in tops if top.endswith(".dist-info"))}
    assert "artdesk/__main__.py" in names
    assert any(name.startswith("artdesk/resources/LICENSES/") for name in names)
