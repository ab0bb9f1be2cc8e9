"""Move a file that cannot be read out of the way, so that it is never written over."""

import time
from pathlib import Path

from artdesk.core.atomic import output_error


def move_aside(path: Path) -> Path:
    """Rename `path` to `<name>.corrupt-<time>` and return the new path; OutputError if refused."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    try:
        path.rename(target)
    except OSError as error:
        raise output_error(target, error) from error
    return target
