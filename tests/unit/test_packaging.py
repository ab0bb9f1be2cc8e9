"""What builds the packed app, without building it: rules, recipes and descriptions."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from artdesk.__main__ import OPENED_BY_DOUBLE_CLICK

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
MIME = {
    ".artpack": "application/vnd.artdesk.pack",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


def tool(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """A script of packaging/, which is no package; forgotten again at the end."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = __import__(name)
    monkeypatch.delitem(sys.modules, name)
    return module


def desktop_entry() -> dict[str, str]:
    lines = (LINUX / "artdesk.desktop").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_every_file_that_the_window_opens_is_announced_to_the_desktop() -> None:
    types = set(desktop_entry()["MimeType"].strip(";").split(";"))
    assert types == {MIME[suffix] for suffix in OPENED_BY_DOUBLE_CLICK}
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = ET.parse(LINUX / "artdesk.xml").getroot().find(f"{space}mime-type")
    assert kind is not None
    assert kind.get("type") == MIME[".artpack"]
    glob = kind.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == "*.artpack"


def test_descriptions_agree() -> None:
    about = ET.parse(LINUX / "artdesk.metainfo.xml").getroot()
    entry = desktop_entry()
    assert about.findtext("name") == entry["Name"]
    assert about.findtext("summary") == entry["Comment"]
    assert about.findtext("launchable") == "artdesk.desktop"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert about.findtext("project_license") == project["license"]
    assert entry["Exec"].split()[0] in project["scripts"]
    assert set(project["scripts"].values()) == set(project["gui-scripts"].values())


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="no desktop-file-utils")
def test_the_menu_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", str(LINUX / "artdesk.desktop")], check=True)


def test_the_icon_has_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    icons = tool(monkeypatch, "icons")
    for side in icons.SIDES:
        with Image.open(ROOT / "resources" / "icon" / f"artdesk-{side}.png") as image:
            assert image.size == (side, side)
            assert image.mode == "RGBA"
            # Round corners, something in the middle.
            assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
            assert image.getpixel((side // 2, side // 2))[3] == 255  # type: ignore[index]


def test_icons_are_those_of_the_drawing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    icons = tool(monkeypatch, "icons")
    shutil.copyfile(icons.FOLDER / "artdesk.svg", tmp_path / "artdesk.svg")
    committed = icons.FOLDER / "artdesk-128.png"
    monkeypatch.setattr(icons, "FOLDER", tmp_path)
    assert icons.main() == 0
    with Image.open(committed) as old, Image.open(tmp_path / "artdesk-128.png") as new:
        pairs = zip(old.tobytes(), new.tobytes(), strict=True)
        assert sum(abs(a - b) > 8 for a, b in pairs) < 200  # edges may be drawn a little otherwise


def test_what_the_recipe_names_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = tool(monkeypatch, "contents")
    for part in contents.RESOURCES:
        assert (ROOT / "resources" / part).is_dir()
    spec = (PACKAGING / "artdesk.spec").read_text(encoding="utf-8")
    compile(spec, "artdesk.spec", "exec")
    for name in re.findall(r'"linux" / "([\w.]+)"', spec):
        assert (LINUX / name).is_file()
    for name in re.findall(r'icons / "([\w.-]+)"', spec):
        assert (ROOT / "resources" / "icon" / name).is_file()
    ET.parse(LINUX / "fonts.conf")


def test_the_app_imports_nothing_that_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = tool(monkeypatch, "contents")
    names = [
        ".".join(("artdesk", *path.relative_to(ROOT / "artdesk").with_suffix("").parts))
        for path in (ROOT / "artdesk").rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {sorted(names)!r}: importlib.import_module(name)\n"
        f"print([name for name in {list(contents.EXCLUDED_MODULES)!r} if name in sys.modules])"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert output.strip() == "[]"


def test_only_what_is_loaded_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = tool(monkeypatch, "contents")
    plugins = "PySide6/Qt/plugins"
    entries = [
        ("numpy/core.so", "/s/numpy/core.so", "EXTENSION"),
        ("libblas.so.3", "/s/libblas.so.3", "BINARY"),
        ("libm2.so.1", "/s/libm2.so.1", "BINARY"),
        (f"{plugins}/platforms/libqxcb.so", "/s/libqxcb.so", "BINARY"),
        ("libxcb.so.1", "/s/libxcb.so.1", "BINARY"),
        (f"{plugins}/tls/libqopensslbackend.so", "/s/tls.so", "BINARY"),
        ("libssl.so.3", "/s/libssl.so.3", "BINARY"),
        ("libpython3.11.so.1.0", "/s/libpython3.11.so.1.0", "BINARY"),
    ]
    links = {
        "/s/numpy/core.so": ["libblas.so.3", "libc.so.6"],
        "/s/libblas.so.3": ["libm2.so.1"],
        "/s/libqxcb.so": ["libxcb.so.1"],
        "/s/tls.so": ["libssl.so.3"],
    }
    kept = contents.needed(entries, lambda path: links.get(path, []))
    left = {name for name, _, _ in entries} - {name for name, _, _ in kept}
    assert left == {f"{plugins}/tls/libqopensslbackend.so", "libssl.so.3"}
    datas = [
        ("libxcb.so", "libxcb.so.1", "SYMLINK"),
        ("libssl.so", "libssl.so.3", "SYMLINK"),
        (f"{plugins}/tls/notes.txt", "/s/notes.txt", "DATA"),
        ("artdesk/resources/x", "/s/x", "DATA"),
    ]
    names = [name for name, _, _ in contents.without_loose_ends(datas, kept)]
    assert names == ["libxcb.so", "artdesk/resources/x"]


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """Something small in the form of a packed app."""
    folder = tmp_path / "artdesk"
    (folder / "_internal").mkdir(parents=True)
    (folder / "artdesk").write_bytes(b"\x7fELF GLIBC_2.9 GLIBC_2.34 GLIBC_2.4 end")
    (folder / "artdesk").chmod(0o700)
    (folder / "_internal" / "data").write_text("GLIBC_2.99")
    (folder / "_internal" / "link").symlink_to("data")
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg here")
def test_two_builds_of_a_package_are_one_file(
    monkeypatch: pytest.MonkeyPatch, packed: Path, tmp_path: Path
) -> None:
    packages = tool(monkeypatch, "linux_packages")
    found = []
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        package = packages.Package(packed, out, "1.2.3", 1_700_000_000)
        deb, archive = package.deb(), package.archive()
        found.append((digest(deb), digest(archive)))
        assert sorted(path.name for path in out.iterdir()) == sorted((deb.name, archive.name))
    assert found[0] == found[1]
    ask = ["dpkg-deb", "--show", "--showformat", "${Package} ${Version} ${Depends}", str(deb)]
    said = subprocess.check_output(ask, text=True)
    assert said.startswith("artdesk 1.2.3 libc6 (>= 2.34), ")
    listing = subprocess.check_output(["dpkg-deb", "--contents", str(deb)], text=True)
    for place in (
        "./usr/bin/artdesk -> ../lib/artdesk/artdesk",
        "./usr/lib/artdesk/artdesk",
        "./usr/share/applications/artdesk.desktop",
        "./usr/share/icons/hicolor/48x48/apps/artdesk.png",
        "./usr/share/mime/packages/artdesk.xml",
        "./usr/share/metainfo/artdesk.metainfo.xml",
    ):
        assert place in listing
    assert re.search(r"-rwxr-xr-x root/root +\d+ 2023-11-14 .* \./usr/lib/artdesk/artdesk", listing)
    with tarfile.open(archive) as tar:
        assert tar.getmember("artdesk-1.2.3/artdesk").mode == 0o755
        assert tar.getmember("artdesk-1.2.3/_internal/link").linkname == "data"
        assert tar.getmember("artdesk-1.2.3/install.sh").mode == 0o755


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="no squashfs-tools")
def test_an_appimage_is_runtime_and_image(
    monkeypatch: pytest.MonkeyPatch, packed: Path, tmp_path: Path
) -> None:
    packages = tool(monkeypatch, "linux_packages")
    runtime = tmp_path / "runtime"
    runtime.write_bytes(b"\x7fELF runtime" + bytes(500))
    app = packages.Package(packed, tmp_path, "1.2.3", 1_700_000_000).appimage(runtime)
    assert app.read_bytes().startswith(runtime.read_bytes())
    ask = ["unsquashfs", "-o", str(runtime.stat().st_size), "-ls", str(app)]
    listing = subprocess.check_output(ask, text=True).splitlines()
    for name in ("AppRun", "artdesk.desktop", "artdesk.png", "usr/lib/artdesk/artdesk"):
        assert f"squashfs-root/{name}" in listing


def test_the_menu_script_puts_in_and_takes_out(packed: Path, tmp_path: Path) -> None:
    shutil.copyfile(LINUX / "user" / "install.sh", packed / "install.sh")
    share = packed / "share"
    for name, place in (("artdesk.desktop", "applications"), ("artdesk.xml", "mime/packages")):
        (share / place).mkdir(parents=True)
        shutil.copyfile(LINUX / name, share / place / name)
    (share / "icons" / "hicolor" / "16x16" / "apps").mkdir(parents=True)
    (share / "icons" / "hicolor" / "16x16" / "apps" / "artdesk.png").touch()
    home = tmp_path / "home"
    data = home / ".local" / "share"
    (data / "artdesk").mkdir(parents=True)
    (data / "artdesk" / "journal").write_text("mine")
    (data / "icons" / "hicolor").mkdir(parents=True)
    (data / "icons" / "hicolor" / "other.png").touch()
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    script = ["sh", str(packed / "install.sh")]
    subprocess.run(script, env=environment, check=True, stdout=subprocess.DEVNULL)
    entry = (data / "applications" / "artdesk.desktop").read_text(encoding="utf-8")
    assert f'Exec="{packed / "artdesk"}" %f' in entry
    assert list(data.rglob("artdesk.png"))
    said = subprocess.check_output([*script, "--remove"], env=environment, text=True)
    assert str(data / "artdesk") in said
    left = {path.name for path in data.rglob("*") if path.is_file()}
    assert left - {"mimeinfo.cache", "icon-theme.cache"} <= {"journal", "other.png"} | {
        path.name for path in (data / "mime").rglob("*")
    }
    assert {"journal", "other.png"} <= left
    assert not list(data.rglob("artdesk.*"))


def test_the_bill_of_materials_names_licence_and_hash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sbom = tool(monkeypatch, "sbom")
    numpy = Path(str(__import__("numpy").__file__))
    report = {
        "install": [
            {
                "metadata": {"name": "NumPy"},
                "download_info": {"archive_info": {"hashes": {"sha256": "ab" * 32}}},
            }
        ]
    }
    parts = sbom.distributions([numpy], sbom.installed_hashes(report))
    assert [part.name for part in parts] == ["numpy"]
    bill = sbom.document(parts, "1.2.3", 0)
    assert bill == sbom.document(parts, "1.2.3", 0)
    entry, model = bill["components"]
    assert entry["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert "BSD" in json.dumps(entry["licenses"])
    files = {part["name"] for part in model["components"]}
    assert files == {path.name for path in (ROOT / "resources" / "bundle").iterdir()}
    references = [part["bom-ref"] for part in bill["components"]]
    assert bill["dependencies"][0]["dependsOn"] == references
    sbom.collect(parts, tmp_path)
    assert any("BSD" in text.read_text("utf-8") for text in tmp_path.rglob("*.txt")) or any(
        "Redistribution" in text.read_text("utf-8") for text in tmp_path.rglob("*.txt")
    )
    with pytest.raises(SystemExit, match="licence text of nothing"):
        sbom.collect([sbom.Part("nothing", "1", "pkg:generic/nothing@1", "MIT")], tmp_path)


def test_the_screenshot_has_the_colours_of_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    smoke = tool(monkeypatch, "smoke")
    monkeypatch.setattr(smoke, "WIDTH", 2)
    monkeypatch.setattr(smoke, "HEIGHT", 1)
    from io import BytesIO

    with Image.open(BytesIO(smoke.png(bytes((3, 2, 1, 0, 6, 5, 4, 0))))) as image:
        assert [image.getpixel((x, 0)) for x in (0, 1)] == [(1, 2, 3), (4, 5, 6)]
