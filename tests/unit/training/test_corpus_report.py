"""The report of a corpus shows its pictures, counts and what was left out, safely."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.corpus_pictures import folder_of
from training.cli.corpus import app
from training.corpus import metadata
from training.corpus.importing import import_folder
from training.corpus.metadata import CorpusError
from training.corpus.report import write_report


def test_a_report_holds_pictures_counts_and_reasons(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 4)
    (source / "<b>.jpg").write_bytes(b"no picture")
    corpus = tmp_path / "corpus"
    import_folder(source, corpus, artist="<script>")
    out = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["report", str(corpus), "--out", str(out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    assert page.count("<figure>") == 4
    assert page.count("<svg") == 29
    assert "&lt;b&gt;.jpg</td><td>not a picture of a known format" in page
    assert re.search(r"artist 0</td><td>2</td>", page)
    assert "<script>" not in page


def test_few_pictures_can_be_asked_for_and_unmeasured_ones_reported(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    import_folder(folder_of(tmp_path / "in", 3), corpus)
    metadata.write(corpus, [replace(row, raw=None) for row in metadata.read(corpus)])
    write_report([corpus], tmp_path / "report.html", pictures=2)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<figure>") == 2
    assert "corpus annotate" in page


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    import_folder(folder_of(tmp_path / "in", 2), corpus)
    (corpus / "pictures" / "work_001.jpg").unlink()
    with pytest.raises(CorpusError, match=r"work_001\.jpg"):
        write_report([corpus], tmp_path / "report.html")
