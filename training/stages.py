"""A chain of stages that goes on where it was stopped.

A small JSON file remembers which stages are done and what they were done with. A stage runs again
when that changed, and then so do all stages after it.
"""

import json
import pathlib
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from artdesk.core import atomic
from artdesk.core.errors import SettingError

FORMAT, VERSION = "artdesk-training-run", 1
STATE_NAME = "state.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the chain.

    Attributes:
        name: Key in the state file.
        title: What people read.
        given: What the result depends on beside earlier stages; plain JSON.
        run: Does the work, goes on from its own checkpoints, and says whether it is finished
            (False: it was stopped and can go on).
    """

    name: str
    title: str
    given: Mapping[str, Any]
    run: Callable[[], bool]


@dataclass(slots=True)
class State:
    """What the state file says.

    Attributes:
        path: The file.
        identity: What the whole run is about; a run folder never changes it.
        done: Finished stages with what was given to them.
    """

    path: pathlib.Path
    identity: dict[str, Any]
    done: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        folder: pathlib.Path,
        identity: Mapping[str, Any],
        what: str = "training",
        option: str = "--run",
    ) -> "State":
        """The state of a run folder, or a new one.

        Args:
            folder: Where the state file lies.
            identity: What the whole run is about.
            what: What people call the run.
            option: How they choose another folder.

        Raises:
            SettingError: The file is damaged, or the folder belongs to another run.
        """
        path = folder / STATE_NAME
        state = cls(path, dict(identity))
        if not path.exists():
            return state
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["format"] != FORMAT or data["version"] != VERSION:
                raise ValueError("another format")
            found, done = dict(data["identity"]), dict(data["done"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingError(
                f"{path} cannot be read; choose another folder with {option}, or delete that "
                "file to begin the stages again."
            ) from error
        for name, value in state.identity.items():
            if done and found.get(name) != value:
                raise SettingError(
                    f"The folder {folder} belongs to a {what} with {name} {found.get(name)}, not "
                    f"{value}; choose another folder with {option}."
                )
        state.done = done
        return state

    def save(self) -> None:
        """Write the file atomically."""
        atomic.make_folder(self.path.parent)
        data = {
            "format": FORMAT,
            "version": VERSION,
            "identity": self.identity,
            "done": self.done,
        }
        atomic.write_text(self.path, json.dumps(data, indent=1) + "\n")


def run_chain(state: State, stages: Sequence[Stage], console: Console) -> bool:
    """Run all stages that are not done.

    Args:
        state: What is done; saved after every stage.
        stages: The stages in their order.
        console: Where to say which stage it is.

    Returns:
        Whether all are finished; False when one was stopped by the user.
    """
    state.save()
    for number, stage in enumerate(stages):
        heading = f"{number + 1} of {len(stages)}: {stage.title}"
        if state.done.get(stage.name) == dict(stage.given):
            console.print(f"{heading}: done before", highlight=False, markup=False)
            continue
        console.print(heading, style="bold", highlight=False, markup=False)
        for later in stages[number:]:
            state.done.pop(later.name, None)
        state.save()
        try:
            with signals_kept():
                finished = stage.run()
        except KeyboardInterrupt:
            finished = False
        if not finished:
            return False
        state.done[stage.name] = dict(stage.given)
        state.save()
    return True


@contextmanager
def signals_kept() -> Iterator[None]:
    """Undo what a training loop does to the handling of SIGINT and SIGTERM."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
