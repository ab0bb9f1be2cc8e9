"""Which works the networks learn from, and which they are judged by.

Once a work has a split it keeps it: new works are dealt to the splits that an artist (or family)
has too little of, in the order of their hashes, and old ones never move. For pictures that are
known beforehand the list in `frozen_splits.csv` decides, by file hash, on every machine.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path

SHARES: dict[str, float] = {"train": 0.90, "validation": 0.05, "test": 0.05}
FROZEN = Path(__file__).with_name("frozen_splits.csv")


def assign(works: Iterable[tuple[str, str]], settled: Mapping[str, str]) -> dict[str, str]:
    """Deals works to splits, each group (artist or family) in the same proportions.

    Args:
        works: Identity and group of every work of the corpus.
        settled: Splits that are already known, by identity; they are kept.

    Returns:
        The split of every work, by identity.
    """
    ordered = sorted(set(works), key=lambda work: _order(work[0]))
    result = {identity: settled[identity] for identity, _ in ordered if identity in settled}
    counts: dict[str, Counter[str]] = {}
    overall: Counter[str] = Counter()
    for identity, group in ordered:
        if identity in result:
            counts.setdefault(group, Counter())[result[identity]] += 1
            overall[result[identity]] += 1
    for identity, group in ordered:
        if identity in result:
            continue
        count = counts.setdefault(group, Counter())
        split = _most_wanting(count, overall)
        result[identity] = split
        count[split] += 1
        overall[split] += 1
    return result


def by_name(work: str) -> str:
    """The split that the name of a constructed work alone decides, on every machine.

    Whatever has a name of its own needs no list of what was dealt before, so shards agree.
    """
    bucket = int.from_bytes(hashlib.sha256(work.encode()).digest()[:4]) % 100
    bounds = zip(SHARES, accumulate(SHARES.values()), strict=True)
    return next(split for split, bound in bounds if bucket < round(100 * bound))


def frozen(path: Path = FROZEN) -> dict[str, str]:
    """Splits by sha256 of the file, from the list that is kept with the code."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["sha256"]: row["split"] for row in csv.DictReader(file)}


def _most_wanting(count: Counter[str], overall: Counter[str]) -> str:
    """The split furthest behind its share in the group; the whole corpus decides between equals.

    A group of less than ten works cannot fill every split; which of its works is held out then
    depends on what the corpus lacks.
    """
    size = sum(count.values()) + 1
    total = sum(overall.values()) + 1

    def lack(split: str) -> tuple[float, float]:
        within = SHARES[split] * size - count[split]
        across = SHARES[split] * total - overall[split]
        return within + min(1.0, max(-1.0, across)) * 0.45, SHARES[split]

    return max(SHARES, key=lack)


def _order(identity: str) -> str:
    return hashlib.sha256(f"artdesk split {identity}".encode()).hexdigest()
