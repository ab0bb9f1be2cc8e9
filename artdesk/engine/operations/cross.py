"""One picture out of three: composition of one, colours of another, touch of a third."""

from dataclasses import replace

from artdesk.core.memory_recipe import MAX_INFLUENCES, Influence, Memory
from artdesk.core.recipe import Recipe
from artdesk.engine.operations.recolour import recoloured_sketch
from artdesk.pictures.record import Describable


def crossed(
    composition: Describable, palette: Describable, touch: Describable, *, seed: int
) -> Recipe:
    """The recipe of a picture with the parts of its parents.

    Args:
        composition: Gives canvas and sketch.
        palette: Gives the colours, into which the sketch is brought.
        touch: Gives words, avoided words, sliders and the works that it was painted from.
        seed: Of the new picture.
    """
    return replace(
        touch.recipe,
        memory=_same_works(touch),
        canvas=composition.recipe.canvas,
        sketch=recoloured_sketch(composition.sketch, composition.palette, palette.palette),
        palette=palette.palette or None,
        seed=seed,
        edit=None,
    )


def _same_works(touch: Describable) -> Memory | None:
    """The memory of a picture with the works named that its cells come from."""
    memory, origin = touch.recipe.memory, touch.origin
    if memory is None or origin is None:
        return memory
    asked = {influence.work: influence for influence in memory.influences}
    works = list(origin.shares())[:MAX_INFLUENCES]
    influences = tuple(asked.get(work, Influence(work=work)) for work in works)
    count = max(1, len(influences))
    return replace(memory, influences=influences, influence_count=count)
