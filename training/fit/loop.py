"""What all training loops share: budget, checkpoints, averaged weights, batches, progress."""

import contextlib
import pathlib
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from rich.progress import TextColumn
from torch import Tensor, nn

from artdesk.core import atomic
from training import sheets
from training.device import moved
from training.fit.weights import load_weights
from training.progress import bars

CHECKPOINT_SECONDS = 240.0


class Budget:
    """Progress through a plan of minutes that may be spread over several runs.

    Args:
        minutes: Length of the whole plan.
        spent: Seconds already trained by earlier runs.
    """

    def __init__(self, minutes: float, spent: float = 0.0) -> None:
        self.total = 60.0 * minutes
        self._spent = spent
        self._start = time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds trained so far, earlier runs included."""
        return self._spent + time.monotonic() - self._start

    @property
    def progress(self) -> float:
        """Share of the plan that is done, 0..1."""
        return min(1.0, self.spent / self.total)


def cosine_rate(progress: float, peak: float, warm: float = 0.01, floor: float = 0.02) -> float:
    """Learning rate at a share of the plan: linear warm-up, then cosine to `floor * peak`."""
    if progress < warm:
        return peak * max(0.05, progress / warm)
    phase = (progress - warm) / (1.0 - warm)
    return peak * (floor + (1.0 - floor) * 0.5 * (1.0 + float(np.cos(np.pi * phase))))


class Average:
    """Exponential moving average of a module's floating-point state.

    Args:
        module: The module to follow.
        decay: Decay for one step; rises from 0 during the first steps.
    """

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.steps = 0
        self.state = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Follow the module by one step."""
        self.steps += 1
        decay = min(self.decay, (1.0 + self.steps) / (10.0 + self.steps))
        for name, value in module.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value, 1.0 - decay)
            else:
                self.state[name].copy_(value)


class Run:
    """A training run that can be stopped and resumed at any time.

    Args:
        checkpoint: File of the checkpoint; an existing one is continued.
        model: The network.
        optimizer: Its optimizer.
        minutes: Length of the whole plan, earlier runs included.
        marks: Further whole numbers (or None) to keep in the checkpoint.

    Attributes:
        average: Averaged weights.
        step: Optimizer steps so far.
        budget: Progress through the plan.
        resumed: Whether a checkpoint was continued.
    """

    def __init__(
        self,
        checkpoint: pathlib.Path,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        minutes: float,
        marks: dict[str, int | None] | None = None,
    ) -> None:
        self.checkpoint, self.model, self.optimizer = checkpoint, model, optimizer
        self.average = Average(model)
        self.step = 0
        self.marks = dict(marks or {})
        self.resumed = checkpoint.exists()
        spent = 0.0
        if self.resumed:
            state: dict[str, Any] = torch.load(checkpoint, map_location="cpu", weights_only=True)
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            for name, value in state["average"].items():
                self.average.state[name].copy_(value)
            self.average.steps = state["average_steps"]
            self.step, spent = state["step"], state["spent"]
            self.marks = {name: state[name] for name in self.marks}
            torch.set_rng_state(state["random"])
        self.budget = Budget(minutes, spent)
        self._saved = self.budget.spent

    def restart_average(self) -> None:
        """Let the averaged weights start from the model as it is now."""
        self.average = Average(self.model)

    def go_on_from(self, weights: pathlib.Path, name: str) -> bool:
        """Begin with finished weights, unless a checkpoint was continued or there are none.

        Returns:
            Whether the weights were taken.
        """
        if self.resumed or not (weights / f"{name}.safetensors").exists():
            return False
        load_weights(weights, name, self.model)
        self.restart_average()
        return True

    def averaged(self) -> Any:
        """A copy of the model with the averaged weights, on the CPU, to be judged and kept."""
        copy = deepcopy(self.model).cpu()
        copy.load_state_dict(self.average.state)
        return copy.eval()

    @property
    def due(self) -> bool:
        """Whether the last checkpoint is old enough for a new one."""
        return self.budget.spent - self._saved > CHECKPOINT_SECONDS

    def save(self) -> None:
        """Write the checkpoint atomically."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        with atomic.atomic_path(self.checkpoint) as temporary:
            torch.save(
                {
                    "model": self.model.state_dict(),
                    "optimizer": self.optimizer.state_dict(),
                    "average": self.average.state,
                    "average_steps": self.average.steps,
                    "step": self.step,
                    "spent": self.budget.spent,
                    "random": torch.get_rng_state(),
                    **self.marks,
                },
                temporary,
            )
        self._saved = self.budget.spent

    def learn(self, loss: Tensor, rate: float) -> None:
        """Take one optimizer step at a learning rate."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.average.update(self.model)
        self.step += 1


class Stop:
    """Turns the first SIGTERM or SIGINT into a wish to stop after the current step."""

    def __init__(self) -> None:
        self.wanted = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        del frame
        if self.wanted:
            raise SystemExit(128 + number)
        self.wanted = True


def prefetch(make: Callable[[], Any], depth: int = 4) -> Iterator[Any]:
    """Yield batches that a second thread prepares ahead of time."""
    waiting: queue.Queue[Any] = queue.Queue(depth)
    stopped = threading.Event()

    def work() -> None:
        while not stopped.is_set():
            try:
                item = make()
            except BaseException as error:  # noqa: BLE001 - handed to the training thread
                item = error
            while not stopped.is_set():
                with contextlib.suppress(queue.Full):
                    waiting.put(item, timeout=0.5)
                    break

    threading.Thread(target=work, daemon=True).start()
    try:
        while True:
            item = waiting.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()


class Report:
    """Progress bar on a terminal, one line a half minute in a log file.

    Args:
        name: What is trained.
        budget: The plan.
    """

    def __init__(self, name: str, budget: Budget) -> None:
        self.budget = budget
        self.bar = bars(None, TextColumn("{task.fields[note]}"))
        self.task = self.bar.add_task(f"{name}, seconds", total=round(budget.total), note="")
        self.last = 0.0

    def __enter__(self) -> "Report":
        if self.bar.console.is_terminal:
            self.bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.stop()

    def say(self, text: str) -> None:
        """Print a line of its own."""
        self.bar.console.print(text, highlight=False, markup=False)

    def update(self, step: int, **values: float) -> None:
        """Show the step and some values; cheap to call after every step."""
        now = time.monotonic()
        if now - self.last < (1.0 if self.bar.console.is_terminal else 30.0):
            return
        self.last = now
        note = f"step {step} " + " ".join(f"{k} {v:.4g}" for k, v in values.items())
        self.bar.update(self.task, completed=round(self.budget.spent), note=note)
        if not self.bar.console.is_terminal:
            self.say(f"{self.budget.spent / 60:6.1f} min {note}")


class Course:
    """The steps of a training: gives batches until the plan is done or a stop is wanted.

    Between two batches it keeps checkpoints and publishes; at the end it does both once more.

    Args:
        name: What is trained.
        state: The run.
        make: Makes a batch.
        publish: Judges the averaged weights and keeps them.
        every: Minutes between two publications.
        device: Where the batches go.
    """

    def __init__(
        self,
        name: str,
        state: Run,
        make: Callable[[], Any],
        publish: Callable[[], None],
        every: float,
        device: torch.device,
    ) -> None:
        self.state, self.publish, self.every = state, publish, 60.0 * every
        self.make, self.device = make, device
        self.report = Report(name, state.budget)

    def __iter__(self) -> Iterator[Any]:
        """The batches; the body of the loop takes one step with each."""
        state, stop, batches = self.state, Stop(), prefetch(self.make)
        published = state.budget.spent
        with self.report:
            while state.budget.progress < 1.0 and not stop.wanted:
                yield moved(next(batches), self.device)
                if state.due:
                    state.save()
                if state.budget.spent - published > self.every:
                    self.publish()
                    published = state.budget.spent
            state.save()
            self.publish()


def freeze_norms(model: nn.Module) -> None:
    """Use the running statistics of batch norm from now on, as the exported graph does."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def save_sheet(path: pathlib.Path, *rows: Tensor) -> None:
    """Write rows of pictures, each float32 [n, 3, H, W] in -1..1, as one PNG."""
    pixels = [
        list(row.add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy())
        for row in rows
    ]
    atomic.make_folder(path.parent)
    sheets.save_sheet(path, pixels, side=max(rows[0].shape[-2:]))
