"""What a new picture has until somebody changes it: in the window, the commands and evaluations."""

from artdesk.core.memory_recipe import Memory
from artdesk.core.recipe import Canvas, Recipe, Sampling

MEMORY_SAMPLING = Sampling(steps=8, guidance_milli=1500, refine_milli=0)
"""Controls that suit a picture with a memory: kept cells settle the forms, so that the temperature
stays the same, little guidance is enough, and nothing is drawn twice."""

_PLAIN = Recipe()
_REMEMBERED = Recipe(
    memory=Memory(), sampling=MEMORY_SAMPLING, canvas=Canvas(width=512, height=512)
)


def new_recipe(*, remembers: bool) -> Recipe:
    """The recipe that a new picture begins with.

    Args:
        remembers: Whether the model or the artist has works to paint from.
    """
    return _REMEMBERED if remembers else _PLAIN
