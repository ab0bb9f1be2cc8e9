"""What an edited picture still owes to remembered works."""

import dataclasses

import numpy as np

from artdesk.engine.detail.region import redrawn
from artdesk.engine.picture import Picture
from artdesk.pictures.origin import INVENTED, Origin
from artdesk.pictures.record import Describable


def with_origin(made: Picture, before: Describable, top: int = 0, left: int = 0) -> Picture:
    """An edited picture with the origin of the cells that were kept.

    A recipe carries the tokens of the earlier picture and not where they come from, so this is
    told to the file by whoever has both pictures.

    Args:
        made: The edited picture.
        before: The picture that was edited.
        top: Rows of cells that were added above.
        left: Columns of cells that were added on the left.
    """
    edit = made.recipe.edit
    if before.origin is None or edit is None:
        return made
    rows, columns = before.origin.cells.shape[:2]
    cells = np.zeros((*made.tokens.shape, 3), dtype=np.uint16)
    cells[top : top + rows, left : left + columns] = before.origin.cells
    cells[redrawn(edit)] = INVENTED
    return dataclasses.replace(made, origin=Origin(works=before.origin.works, cells=cells))
