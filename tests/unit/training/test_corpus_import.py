"""Importing folders: what comes in, what stays out and why, and what never moves."""

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from typer.testing import CliRunner

from artdesk.core.errors import ArtDeskError
from tests.corpus_pictures import folder_of, jpeg, painting
from training.cli.corpus import app
from training.corpus import metadata, splits
from training.corpus.fingerprints import find_duplicates, fingerprint
from training.corpus.importing import import_folder


def _rejected(corpus: Path) -> dict[str, str]:
    with (corpus / "rejected.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row["reason"] for row in csv.DictReader(file)}


def test_a_folder_with_a_table_becomes_a_corpus(tmp_path: Path) -> None:
    result = import_folder(folder_of(tmp_path / "in", 6), tmp_path / "out")
    rows = metadata.read(tmp_path / "out")
    assert [row.file_name for row in rows] == [f"pictures/work_{n:03d}.jpg" for n in range(6)]
    assert result.added == 6
    assert not result.rejected
    for number, row in enumerate(rows):
        assert (row.width, row.height) == (200, 160)
        assert row.artist == f"artist {number % 3}"
        assert row.licence == "CC0-1.0"
        assert row.source == "painting"
        assert row.raw is not None
        assert np.isfinite(row.raw).all()
        # An ordinary JPEG is kept as it is.
        original = tmp_path / "in" / Path(row.file_name).name
        assert (tmp_path / "out" / row.file_name).read_bytes() == original.read_bytes()


def _table(source: Path, *lines: str) -> None:
    (source / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_title_year_and_the_mark_come_from_the_table_and_what_is_not_said_is_no(
    tmp_path: Path,
) -> None:
    source = folder_of(tmp_path / "in", 3)
    _table(source, "file,artist,title,year,remember,licence",
           "work_000.jpg,A,\"Blue, II\",c. 1912,Yes,PD",
           "work_001.jpg,A,Red,1950,no,PD")  # fmt: skip
    import_folder(source, tmp_path / "out")
    found = [(row.title, row.year, row.remember) for row in metadata.read(tmp_path / "out")]
    assert found == [("Blue, II", "c. 1912", "yes"), ("Red", "1950", "no"), ("", "", "no")]


def test_importing_again_fills_in_what_an_older_corpus_lacks_and_moves_nothing(
    tmp_path: Path,
) -> None:
    corpus, source = tmp_path / "out", folder_of(tmp_path / "in", 4)
    shutil.copy(source / "work_001.jpg", source / "zz_copy.jpg")
    import_folder(source, corpus)
    old = [replace(row, remember="", text="calm") for row in metadata.read(corpus)]
    metadata.write(corpus, old)
    _table(source, "file,remember,title", "work_000.jpg,yes,One", "work_001.jpg,no,Two",
           "zz_copy.jpg,yes,Copy")  # fmt: skip
    import_folder(source, corpus)
    rows = metadata.read(corpus)
    # The copy that was left out says nothing about the work that stayed.
    assert [row.remember for row in rows] == ["yes", "no", "no", "no"]
    assert [row.title for row in rows] == ["One", "Two", "", ""]
    parts = [(row.file_name, row.split, row.text, row.sha256) for row in rows]
    assert parts == [(row.file_name, row.split, row.text, row.sha256) for row in old]
    # A folder without a table takes nothing back.
    (source / "list.csv").unlink()
    import_folder(source, corpus)
    assert metadata.read(corpus)[0].remember == "yes"


def test_a_mark_that_is_neither_yes_nor_no_is_refused_before_anything_is_read(
    tmp_path: Path,
) -> None:
    source = folder_of(tmp_path / "in", 1)
    _table(source, "file,remember", "work_000.jpg,perhaps")
    with pytest.raises(ArtDeskError, match="'perhaps' of work_000"):
        import_folder(source, tmp_path / "out")


def test_bad_and_equal_files_are_named_with_the_reason(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 3)
    (source / "broken.jpg").write_bytes(jpeg(painting(9))[:3000])
    (source / "page.png").write_bytes(b"<html></html>")
    (source / "small.jpg").write_bytes(jpeg(painting(8, (60, 60))))
    (source / "notes.txt").write_text("not a picture, and nobody said so")
    (source / "deep").mkdir()
    shutil.copy(source / "work_001.jpg", source / "deep" / "copy.jpg")
    result = import_folder(source, tmp_path / "out")
    reasons = _rejected(tmp_path / "out")
    assert sorted(reasons) == ["broken.jpg", "page.png", "small.jpg", "work_001.jpg"]
    assert reasons["broken.jpg"].startswith("damaged")
    assert reasons["page.png"] == "not a picture of a known format"
    assert reasons["small.jpg"].startswith("too small")
    assert reasons["work_001.jpg"] == "duplicate of deep/copy.jpg"
    assert len(result.rows) == 3


def _variants() -> dict[str, Image.Image]:
    work = painting(1, (400, 320))
    return {
        "crop": work.crop((40, 20, 380, 300)),
        "squash": work.resize((300, 320)),
        "cast": ImageEnhance.Color(work).enhance(0.6).point(lambda value: value * 0.8 + 20),
        "tiny": work.resize((120, 96)),
        "framed": _framed(work),
        "recompressed": Image.open(_stream(jpeg(work, 25))),
    }


def _stream(data: bytes):
    import io

    return io.BytesIO(data)


def _framed(work: Image.Image) -> Image.Image:
    frame = Image.new("RGB", (work.width + 60, work.height + 60), "#efece6")
    frame.paste(work, (30, 30))
    return frame


@pytest.mark.parametrize("change", _variants())
def test_near_duplicates_are_found(change: str) -> None:
    others = [fingerprint(np.asarray(painting(seed, (400, 320)))) for seed in range(2, 14)]
    prints = [
        fingerprint(np.asarray(painting(1, (400, 320)))),
        fingerprint(np.asarray(_variants()[change].convert("RGB"))),
        *others,
    ]
    pairs = find_duplicates(prints)
    assert [(min(p.first, p.second), max(p.first, p.second)) for p in pairs] == [(0, 1)]


def test_grids_that_differ_in_one_field_are_different_works() -> None:
    def grid(colour: str, place: int) -> np.ndarray:
        picture = Image.new("RGB", (300, 300), "#f0f0ea")
        for position in (90, 210):
            picture.paste("#101010", (position, 0, position + 8, 300))
            picture.paste("#101010", (0, position, 300, position + 8))
        picture.paste(colour, (place, 98, place + 82, 210))
        return np.asarray(picture)

    assert not find_duplicates([fingerprint(grid("#d02020", 8)), fingerprint(grid("#e8d020", 218))])


def test_the_larger_of_two_near_duplicates_stays(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 4)
    large = painting(1).resize((400, 320), Image.Resampling.BICUBIC)
    (source / "z_large.jpg").write_bytes(jpeg(large))
    import_folder(source, tmp_path / "out")
    assert _rejected(tmp_path / "out") == {"work_001.jpg": "near-duplicate of z_large.jpg"}
    names = {path.name for path in (tmp_path / "out" / "pictures").iterdir()}
    assert names == {"work_000.jpg", "work_002.jpg", "work_003.jpg", "z_large.jpg"}


def test_a_second_import_changes_nothing_and_a_larger_folder_moves_nothing(tmp_path: Path) -> None:
    corpus = tmp_path / "out"
    source = folder_of(tmp_path / "in", 12)
    import_folder(source, corpus)
    before = (corpus / "metadata.csv").read_bytes()
    assert import_folder(source, corpus).added == 0
    assert (corpus / "metadata.csv").read_bytes() == before
    old = {row.work_id: row.split for row in metadata.read(corpus)}
    import_folder(folder_of(tmp_path / "more", 8, first=100), corpus)
    new = {row.work_id: row.split for row in metadata.read(corpus)}
    assert len(new) == 20
    assert {work: new[work] for work in old} == old


def test_an_import_goes_on_after_a_torn_journal(tmp_path: Path) -> None:
    corpus = tmp_path / "out"
    source = folder_of(tmp_path / "in", 5)
    import_folder(source, corpus)
    whole = (corpus / "metadata.csv").read_bytes()
    journal = corpus / "cache" / "import.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    (corpus / "metadata.csv").unlink()
    shutil.rmtree(corpus / "pictures")
    import_folder(source, corpus)
    assert (corpus / "metadata.csv").read_bytes() == whole


def test_alike_names_in_two_folders_do_not_overwrite_each_other(tmp_path: Path) -> None:
    source = tmp_path / "in"
    (source / "a").mkdir(parents=True)
    (source / "a" / "x.jpg").write_bytes(jpeg(painting(1)))
    (source / "a-x.jpg").write_bytes(jpeg(painting(2)))
    rows = import_folder(source, tmp_path / "out", licence="own work", artist="me").rows
    assert len({row.file_name for row in rows}) == 2
    assert {row.licence for row in rows} == {"own work"}
    assert {row.artist for row in rows} == {"me"}


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_pictures_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArtDeskError, match="folder"):
        import_folder(tmp_path / name, tmp_path / "out")


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 4)
    (source / "broken.jpg").write_bytes(b"no")
    result = CliRunner().invoke(app, ["import", str(source), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "4 pictures" in said
    assert "1 files were left out" in said


def test_splits_keep_their_shares_within_each_artist() -> None:
    works = [(f"work {n}", f"artist {n % 4}") for n in range(800)]
    dealt = splits.assign(works, {})
    for artist in range(4):
        counts = Counter(dealt[work] for work, name in works if name == f"artist {artist}")
        assert 176 <= counts["train"] <= 184
        assert 8 <= counts["validation"] <= 12
        assert 8 <= counts["test"] <= 12


def test_single_works_of_many_artists_are_dealt_in_the_same_shares() -> None:
    counts = Counter(splits.assign([(f"work {n}", f"artist {n}") for n in range(400)], {}).values())
    assert 350 <= counts["train"] <= 370
    assert min(counts["validation"], counts["test"]) >= 14


def test_settled_splits_never_move_and_order_does_not_matter() -> None:
    works = [(f"work {n}", f"artist {n % 3}") for n in range(60)]
    first = splits.assign(works, {})
    assert splits.assign(works[::-1], {}) == first
    more = splits.assign([*works, *((f"new {n}", "artist 1") for n in range(40))], first)
    assert {work: more[work] for work in first} == first


def test_the_frozen_list_is_well_formed() -> None:
    known = splits.frozen()
    assert len(known) > 800
    assert all(len(digest) == 64 for digest in known)
    assert set(known.values()) == set(splits.SHARES)
