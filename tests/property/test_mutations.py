"""Random damage to every file that ArtDesk reads: no crash, no hang, and no silent change.

`ARTDESK_MUTATIONS=10000` damages each kind of file that often; the suite has time for fewer.
"""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from artdesk.bundle import collection
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.core.errors import ArtDeskError, BundleError
from artdesk.core.recipe import Recipe, Word
from artdesk.core.settings import Settings, load_settings, save_settings
from artdesk.pictures import files as pictures
from artdesk.pictures.record import record_to_json
from artdesk.studio.draft import Draft
from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from tests.gui.paint_engine import PaintEngine
from tests.unit.test_hostile_bundles import bundle_of, use
from tests.unit.test_pictures import make_picture

COUNT = int(os.environ.get("ARTDESK_MUTATIONS", "120"))


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """Some bytes changed, lost, doubled, invented or cut off; never the same as before."""
    while True:
        changed = bytearray(data)
        for _ in range(int(random.choice([1, 1, 1, 2, 5]))):
            place = int(random.integers(len(changed) + 1))
            length = int(random.choice([1, 1, 2, 8, 64]))
            match int(random.integers(7)):
                case 0 | 1:
                    if place < len(changed):
                        changed[place] ^= 1 << int(random.integers(8))
                case 2:
                    changed[place : place + length] = random.bytes(length)
                case 3:
                    del changed[place : place + length]
                case 4:
                    changed[place:place] = random.bytes(length)
                case 5:
                    changed[place:place] = changed[place : place + length]
                case _:
                    if random.random() < 0.2:
                        del changed[place:]
        if bytes(changed) != data:
            return bytes(changed)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on odd EXIF entries
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    pictures.save_picture(path, make_picture())
    whole, description = path.read_bytes(), record_to_json(make_picture())
    random = np.random.default_rng(1)
    opened = 0
    for _ in range(COUNT):
        # Half of the damage hits the front, half the back: the description stands at one of them.
        half = len(whole) // 2
        start = 0 if random.random() < 0.5 else half
        middle = mutated(whole[start : start + half], random)
        path.write_bytes(whole[:start] + middle + whole[start + half :])
        for read in (pictures.open_picture, pictures.read_record):
            try:
                record = read(path)
            except ArtDeskError:
                continue
            opened += 1
            assert record_to_json(record) == description
        try:
            pictures.open_image(path)
        except ArtDeskError:
            continue
    assert 0 < opened < 2 * COUNT


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, Settings(theme="dark", threads=3, last_open_folder="/pictures/ä"))
    whole = path.read_bytes()
    random = np.random.default_rng(2)
    aside = 0
    for _ in range(COUNT):
        data = mutated(whole, random)
        path.write_bytes(data)
        settings, notes = load_settings(path)
        save_settings(path, settings)
        assert load_settings(path) == (settings, ())
        kept = list(tmp_path.glob("*.corrupt-*"))
        if kept:
            aside += 1
            assert [file.read_bytes() for file in kept] == [data]
            assert notes
            assert settings == Settings()
            kept[0].unlink()
    assert aside


def test_sessions(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    draft = Draft(words=(Word(text="calm"), Word(text="blue")), seed=123456, batch=4)
    draft = draft.with_painted(3, "#ff8800", None)
    SessionFile(path).save(draft)
    whole = path.read_bytes()
    random = np.random.default_rng(3)
    for _ in range(COUNT):
        data = mutated(whole, random)
        path.write_bytes(data)
        restored, note = SessionFile(path).restore()
        assert restored in (None, draft)
        if restored is None:
            (kept,) = tmp_path.glob("*.corrupt-*")
            assert kept.read_bytes() == data
            assert kept.name in note
            kept.unlink()


def test_journals(tmp_path: Path) -> None:
    history = tmp_path / "whole"
    library = Library(history, lambda: datetime(2026, 1, 3, tzinfo=UTC))
    made = [
        library.add(PaintEngine().generate(Recipe(words=(Word(text="calm"),), seed=seed)))
        for seed in range(3)
    ]
    library.star(made[1], True)
    journal = history / "journal.jsonl"
    whole = journal.read_bytes()
    known = {(entry.path, entry.seed, entry.title) for entry in made}
    random = np.random.default_rng(4)
    for _ in range(COUNT):
        data = mutated(whole, random)
        if whole.startswith(data) and data.endswith(b"\n"):
            continue  # cut between two lines, it is the whole journal of an earlier day
        journal.write_bytes(data)
        again = Library(history)
        entries = again.entries()
        assert {(entry.path, entry.seed, entry.title) for entry in entries} == known
        starred = [entry.seed for entry in entries if entry.starred]
        assert starred == [1] or (starred == [] and again.notes)
        for kept in history.glob("*.corrupt-*"):
            kept.unlink()


def test_packs(tmp_path: Path, toy_bundle_folder: Path) -> None:
    path = tmp_path / "toy.artpack"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(toy_bundle_folder.iterdir()):
            archive.write(file, file.name)
    whole, known = path.read_bytes(), open_bundle(toy_bundle_folder)
    random = np.random.default_rng(5)
    for _ in range(COUNT):
        tail = len(whole) - 2000 if random.random() < 0.5 else 0  # the directory is at the end
        path.write_bytes(whole[:tail] + mutated(whole[tail:], random))
        try:
            opened = open_bundle(path)
        except BundleError:
            continue
        assert opened.hash == known.hash
        assert opened.data == known.data


@pytest.mark.filterwarnings("error")
def test_collections() -> None:
    random = np.random.default_rng(7)
    entries = []
    for number in range(3):
        tokens = random.integers(0, 512, (32, 24)).astype(np.uint16)
        entries.append(
            collection.WorkEntry(
                work=collection.Work(id=f"work-{number}", shapes=((32, 24),)),
                attributes=np.zeros(29, np.int8),
                palette=np.zeros((5, 3), np.uint8),
                shares=np.full(5, 200, np.uint16),
                colours=random.integers(-90, 90, (16, 12, 3)).astype(np.int8),
                blocks=(collection.pack_tokens(tokens),),
            )
        )
    whole = collection.write_collection("Mine", "ab" * 32, 512, entries)
    assert len(collection.read_collection(whole)) == 3
    refused = 0
    for _ in range(COUNT):
        try:
            opened = collection.read_collection(mutated(whole, random))
            for number in range(len(opened)):
                assert opened.tokens(number, 0).max() < opened.codes
        except BundleError:
            refused += 1
    assert refused


@pytest.mark.filterwarnings("error")
def test_files_of_bundles_that_agree_with_their_hashes(toy_bundle: Bundle) -> None:
    """Whoever writes a bundle can write anything into it, hashes included."""
    random = np.random.default_rng(6)
    names = sorted(toy_bundle.data)
    refused = 0
    for _ in range(COUNT):
        name = names[int(random.integers(len(names)))]
        damaged = mutated(toy_bundle.data[name], random)
        try:
            use(bundle_of({**toy_bundle.data, name: damaged}))
        except BundleError:
            refused += 1
    assert refused
