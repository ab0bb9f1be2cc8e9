"""Which version of the measures a number comes from."""

import hashlib
import inspect

from artdesk.engine.measures import attributes as measure
from artdesk.engine.measures import colour as measure_colour
from artdesk.engine.measures import filters as measure_filters
from artdesk.engine.measures import form as measure_form


def measure_version() -> str:
    """Changes whenever the code of the measures does, so that old numbers are not mixed in."""
    modules = (measure, measure_colour, measure_filters, measure_form)
    code = "".join(inspect.getsource(module) for module in modules)
    return hashlib.sha256(code.encode()).hexdigest()[:12]
