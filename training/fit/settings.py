"""Sizes, rates and stages of the trainings: their defaults, and a TOML file that changes them."""

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from artdesk.core.errors import SettingError
from models.config import DetailConfig, FlowConfig, SketchConfig, TokenizerConfig

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerSettings:
    """Training of the tokenizer.

    Attributes:
        stages: Share of the plan until which a stage lasts, crop size in pixels, batch size.
            Optimizer steps are scarce, so crops start small.
        rate: Peak of the learning rate.
        free_until: Share of the plan that latents stay free of the codebook.
        blend_steps: Steps over which codes take the place of latents.
        revive_every: Steps between two looks for unused codes.
        revive_until: Share of the plan after which unused codes stay as they are.
        freeze_norm_from: Share of the plan from which norms are those of the exported graph.
        publish_minutes: Minutes between two looks at held-out works.
        network: Sizes of the network.
    """

    stages: tuple[tuple[float, int, int], ...] = (
        (0.12, 64, 16), (0.62, 96, 8), (0.90, 128, 8), (1.0, 192, 4),
    )  # fmt: skip
    rate: float = 1e-3
    free_until: float = 0.08
    blend_steps: int = 400
    revive_every: int = 100
    revive_until: float = 0.70
    freeze_norm_from: float = 0.85
    publish_minutes: float = 10.0
    network: TokenizerConfig = field(default_factory=TokenizerConfig)

    def stage(self, progress: float) -> tuple[int, int]:
        """Crop size and batch size at a share of the plan."""
        return _stage(self.stages, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchSettings:
    """Training of the sketch prior.

    Attributes:
        batch: Sketches in a batch.
        rate: Peak of the learning rate from fresh weights.
        further_rate: The same when finished weights are trained on.
        publish_minutes: Minutes between two looks at held-out works.
        network: Sizes of the network.
    """

    batch: int = 32
    rate: float = 1.2e-3
    further_rate: float = 8e-4
    publish_minutes: float = 4.0
    network: SketchConfig = field(default_factory=SketchConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailSettings:
    """Training of the detail prior.

    Attributes:
        batch: Windows in a batch.
        rate: Peak of the learning rate from fresh weights.
        further_rate: The same when finished weights are trained on: the full rate spends half of
            the time coming back.
        freeze_norm_from: Share of the plan from which norms are those of the exported graph.
        publish_minutes: Minutes between two looks at held-out works.
        network: Sizes of the network.
    """

    batch: int = 16
    rate: float = 1.5e-3
    further_rate: float = 7.5e-4
    freeze_norm_from: float = 0.85
    publish_minutes: float = 9.0
    network: DetailConfig = field(default_factory=DetailConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderSettings:
    """Finish of the decoder against a critic; the network is that of the weights.

    Attributes:
        stages: Share of the plan until which a stage lasts, crop size in pixels, batch size:
            longer strokes come last.
        rate: Learning rate until `fall_from`; then it falls to a twentieth.
        fall_from: That share of the plan.
        warm_steps: Steps in which the critic only looks on.
        ramp_steps: Steps over which its full weight is reached after that.
        average_decay: Decay of the averaged weights; lower than in other trainings, because
            weights only move about a good place.
        drawn_maps: Token maps that the detail prior draws for the finish.
        publish_minutes: Minutes between two looks at held-out works.
    """

    stages: tuple[tuple[float, int, int], ...] = ((0.65, 96, 8), (1.0, 128, 5))
    rate: float = 2e-4
    fall_from: float = 0.6
    warm_steps: int = 300
    ramp_steps: int = 200
    average_decay: float = 0.998
    drawn_maps: int = 768
    publish_minutes: float = 8.0

    def stage(self, progress: float) -> tuple[int, int]:
        """Crop size and batch size at a share of the plan."""
        return _stage(self.stages, progress)

    def rate_at(self, progress: float) -> float:
        """Learning rate at a share of the plan: constant, then falling to a twentieth."""
        left = (1.0 - progress) / max(1e-6, 1.0 - self.fall_from)
        return self.rate * min(1.0, max(0.05, left))

    def critic_share(self, step: int) -> float:
        """Share of its full weight that the critic has at a step, 0..1."""
        return min(1.0, max(0.0, (step - self.warm_steps) / self.ramp_steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSettings:
    """Training of the flow over latents.

    Attributes:
        batch: Windows in a batch.
        rate: Peak of the learning rate.
        freeze_norm_from: Share of the plan from which norms use their running statistics.
        judged: Held-out sketches, at most, by which the finished flow is judged.
        network: Sizes of the network.
    """

    batch: int = 16
    rate: float = 1e-3
    freeze_norm_from: float = 0.85
    judged: int = 64
    network: FlowConfig = field(default_factory=FlowConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Of all trainings, and the device that they run on."""

    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    sketch: SketchSettings = field(default_factory=SketchSettings)
    detail: DetailSettings = field(default_factory=DetailSettings)
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    flow: FlowSettings = field(default_factory=FlowSettings)
    device: str = "auto"


def read_settings(path: Path | None, device: str | None = None) -> Settings:
    """The defaults, changed by a TOML file and by the device of the command line.

    The file has the tables `tokenizer`, `sketch`, `detail`, `decoder` and `flow`, all but
    `decoder` with a table `network`; what it does not name keeps its default.

    Raises:
        SettingError: The file cannot be read, or names what is no setting or of another type.
    """
    settings = Settings()
    if path is not None:
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingError(f"The configuration {path} cannot be read: {error}.") from None
        try:
            settings = _changed(settings, given, "")
        except ValueError as error:
            raise SettingError(f"The configuration {path} cannot be used: {error}") from None
    return settings if device is None else replace(settings, device=device)


def _stage(stages: tuple[tuple[float, int, int], ...], progress: float) -> tuple[int, int]:
    for until, size, count in stages:
        if progress < until:
            return size, count
    return stages[-1][1:]


def _changed(part: _Part, given: dict[str, Any], where: str) -> _Part:
    known = {entry.name: getattr(part, entry.name) for entry in fields(part)}  # type: ignore[arg-type]
    types = get_type_hints(type(part))
    values: dict[str, Any] = {}
    for name, value in given.items():
        title = f"{where}{name}"
        if name not in known:
            raise ValueError(f"'{title}' is no setting; known are {', '.join(known)}.")
        old = known[name]
        if is_dataclass(old) and not isinstance(old, type):
            if not isinstance(value, dict):
                raise ValueError(f"'{title}' must be a table.")
            values[name] = _changed(old, value, f"{title}.")
            continue
        new = _frozen(value)
        if isinstance(old, float) and isinstance(new, int) and not isinstance(new, bool):
            new = float(new)
        if type(new) is not type(old):
            raise ValueError(f"'{title}' must be like {old!r} ({types[name]}), not {value!r}.")
        if isinstance(new, (int, float)) and new <= 0:
            raise ValueError(f"'{title}' is {value!r}; it must be more than 0.")
        values[name] = new
    return replace(part, **values)  # type: ignore[type-var]


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
