"""The same pictures where the libraries of numpy choose code for older processors.

ONNX Runtime offers no such switch: its networks are integer networks, whose results do not
depend on the order of a sum.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import hashlib, pathlib, sys
from artdesk.bundle.reader import open_bundle
from artdesk.core.recipe import Canvas, Recipe, Sampling, Word
from artdesk.engine.pipeline import Engine
engine = Engine(open_bundle(pathlib.Path(sys.argv[1])), threads=int(sys.argv[2]))
result = hashlib.sha256()
for seed in range(3):
    picture = engine.generate(Recipe(
        words=(Word(text="calm"), Word(text="very blue")),
        canvas=Canvas(width=96, height=128),
        sampling=Sampling(guidance_milli=3000, refine_milli=100, diversity_milli=300),
        seed=seed,
    ))
    for part in (picture.tokens.tobytes(), picture.pixels.tobytes()):
        result.update(part)
    result.update(repr((picture.sketch, picture.palette)).encode())
print(result.hexdigest())
"""

OLDER = {
    "AVX2": {
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    },
    "SSE": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    },
}


def digest(folder: Path, threads: int, extra: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(folder), str(threads)],
        env={**os.environ, **extra},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def here(toy_bundle_folder: Path) -> str:
    return digest(toy_bundle_folder, 1, {})


@pytest.mark.parametrize("name", OLDER)
def test_older_processors_draw_the_same(here: str, toy_bundle_folder: Path, name: str) -> None:
    assert digest(toy_bundle_folder, 1, OLDER[name]) == here


def test_more_threads_draw_the_same(here: str, toy_bundle_folder: Path) -> None:
    several = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    assert digest(toy_bundle_folder, 2, several) == here
