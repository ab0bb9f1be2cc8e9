"""One picture out of three: composition of one, colours of another, touch of a third."""

from dataclasses import replace

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
        touch: Gives words, avoided words, sliders and how works are remembered.
        seed: Of the new picture.
    """
    return replace(
        touch.recipe,
        canvas=composition.recipe.canvas,
        sketch=recoloured_sketch(composition.sketch, composition.palette, palette.palette),
        palette=palette.palette or None,
        seed=seed,
        edit=None,
    )
