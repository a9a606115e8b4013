"""Numbers in sentences: what cells glue, text shows. A kernel reads this first: see `start`."""

import myst_nb

_glue, _glued = myst_nb.glue, {}


def glue(name, variable, display=True):
    """Glue a number into the page, and remember it for `glued_number`."""
    _glued[name] = repr(variable)
    _glue(name, variable, display)


def glued_number(name_and_format):
    """Write a number as {glue:text}`name:format` does on the site."""
    from myst_nb.core.variables import format_plain_text

    name, *form = name_and_format.rsplit(":", 1)
    return format_plain_text(_glued[name], *form or "s") if name in _glued else "…"


myst_nb.glue = glue
