r"""What a page states, and the random numbers that belong to it.

A *claim* is a sentence with a verdict and an expectation: to agree with exact theory, to stay
within a bound of approximate theory, or to be rejected. The last are the negative controls of the
book: false sentences, which an experiment worth its name must refute. Sentences and expectations
stand apart from the numbers: ``lecture_utils/teaching/claim_sets/<page>.py`` lists them::

    CLAIMS = {
        "slope": Statement(r"The mean spacing is $\sqrt\pi\,\sigma$.", lecture="Wigner surmise"),
        "no-slope": Statement("The mean spacing does not know the noise.", "reject"),
    }

    claim = partial(make_claim, "rbm", CLAIMS)

A page gives them their verdicts, ``claim("slope", verdict)``. Each claim shows itself; those of one
cell share a strip, which says how many hold and opens on demand.

How a claim is stored
---------------------
The strip is ``text/html``; its formulas are written ``\(...\)`` inside an element of class
``mathjax_process``, which both the built site and JupyterLab typeset. The claims as plain data
stand in the *metadata* of the same output under the key `CLAIM_KEY`: Jupyter stores them with the
notebook, nothing tries to draw them (a private mime type would be a warning, hence an error, in the
build of the site), and the Evidence page is made from them.
"""

import hashlib
import re
from dataclasses import asdict, dataclass

import numpy as np
from IPython import get_ipython
from IPython.display import display

from lecture_utils._checks import one_of
from lecture_utils.teaching._display import in_build, to_html
from lecture_utils.teaching.verdicts import Verdict

FAMILY_LEVEL = 1e-4
"""Smallest p-value with which a claim of exact agreement still stands."""

CONTROL_LEVEL = 1e-6
"""Largest p-value with which a negative control counts as rejected."""

CLAIM_KEY = "application/vnd.lecture-utils.claims+json"
"""Key of the claims' payload in the metadata of their output in a notebook."""


def stream(name):
    """Return the random generator that belongs to a name.

    No seed is ever chosen: the stream follows from the name of the experiment alone.

    Parameters
    ----------
    name : str
        Page and name: "rbm.collapse".

    Returns
    -------
    numpy.random.Generator
    """
    digest = hashlib.sha256(_checked_name("name", name).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


class ClaimFailed(AssertionError):
    """A claim of the book did not hold while the book was built."""


@dataclass(frozen=True)
class Statement:
    """A sentence that a page stands by, and what is expected of it.

    Attributes
    ----------
    text : str
        One short sentence; ``$...$`` for formulas. That of a negative control is false.
    expect : {"agree", "within", "reject"}
        "agree" (exact theory): effect within its bound and p above `FAMILY_LEVEL`.
        "within" (approximate theory): effect within its bound.
        "reject" (negative control): effect beyond its bound and p below `CONTROL_LEVEL`.
    figure : str or None
        Name of the figure that shows it, where this is not the one right before; empty: none does.
    lecture : str or None
        Title of the slide, or name of its equation, that is tested.
    """

    text: str
    expect: str = "agree"
    figure: str | None = None
    lecture: str | None = None

    def __post_init__(self):
        one_of("expect", self.expect, ("agree", "within", "reject"))


@dataclass(frozen=True)
class Claim:
    """A sentence, what was expected of it, and its verdict."""

    id: str
    statement: str
    verdict: Verdict
    expect: str
    figure: str | None
    lecture: str | None

    @property
    def passed(self):
        """Whether the verdict is what was expected."""
        p_value = self.verdict.p_value
        if self.expect == "reject":
            return not self.verdict.within and (p_value is None or p_value < CONTROL_LEVEL)
        if self.expect == "within":
            return self.verdict.within
        return self.verdict.within and (p_value is None or p_value > FAMILY_LEVEL)

    def text(self):
        """The line as plain text, formulas between dollar signs."""
        return f"{self._mark()} {self.statement} — {self._evidence()}"

    def payload(self):
        """The claim as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload):
        """The claim that `payload` was made from."""
        return cls(**payload | {"verdict": Verdict(**payload["verdict"])})

    def html(self):
        """The line as HTML."""
        kind = self.expect if self.passed else "failed"
        return (
            f'<li class="claim claim-{kind}">{to_html(self._mark())} {to_html(self.statement)} '
            f'<span class="claim-evidence">— {to_html(self._evidence())}</span></li>'
        )

    def _mark(self):
        if not self.passed:
            return "✗ FAILED:"
        return "✗ rejected, as it must be:" if self.expect == "reject" else "✓"

    def _evidence(self):
        verdict, parts = self.verdict, []
        if verdict.measured is not None:
            parts.append("measured {}, expected {}; ".format(*verdict.values_text()))
        parts.append(verdict.effect_text())
        # Enough data refute every approximation: approximate theory is judged by its distance.
        if verdict.p_value is not None and self.expect != "within":
            parts.append(", " + verdict.p_text())
        return "".join(parts)


class _Strip:
    """The claims of one cell, displayed together."""

    def __init__(self, cell):
        self.cell, self.claims, self.handle = cell, [], None

    def add(self, made):
        """Show one more claim: the first displays the strip, the others update it."""
        self.claims.append(made)
        if self.handle is None:
            self.handle = display(self, display_id=True)
        else:
            self.handle.update(self)

    def summary(self):
        """Count of the claims: ``4 claims hold, 1 control is rejected``."""
        failed = sum(not c.passed for c in self.claims)
        controls = sum(c.passed and c.expect == "reject" for c in self.claims)
        counted = (
            (failed, "claim FAILS", "claims FAIL"),
            (len(self.claims) - failed - controls, "claim holds", "claims hold"),
            (controls, "control is rejected", "controls are rejected"),
        )
        return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counted if n)

    def __repr__(self):
        return "\n".join(c.text() for c in self.claims)

    def _repr_mimebundle_(self, include=None, exclude=None):
        failed = not all(c.passed for c in self.claims)
        mark, kind = ("✗", "failed") if failed else ("✓", "agree")
        html = (
            f'<details class="claims claim-{kind} mathjax_process"{" open" * failed}>'
            f"<summary>{mark} {self.summary()}</summary>"
            f"<ul>{''.join(c.html() for c in self.claims)}</ul></details>"
        )
        payload = [c.payload() for c in self.claims]
        return {"text/plain": repr(self), "text/html": html}, {CLAIM_KEY: payload}


_strip = _Strip(cell=None)  # of the cell that is running


def make_claim(page, statements, name, verdict):
    """Judge a statement of a page, and show it with its evidence.

    Parameters
    ----------
    page : str
    statements : dict of str to Statement
        What the page claims.
    name : str
        Name of the statement.
    verdict : Verdict

    Raises
    ------
    ClaimFailed
        If it fails while the book is built. A reader sees the line in red instead.
    ValueError
        If there is no such statement, or its name is malformed.
    """
    said = statements[one_of("name", name, statements)]
    id = _checked_name("name", f"{page}.{name}")
    made = Claim(id, said.text, verdict, said.expect, said.figure, said.lecture)
    if in_build() and not made.passed:
        raise ClaimFailed(f"{id}: {made.text()}")
    global _strip
    cell = getattr(get_ipython(), "execution_count", None)
    if cell is None or cell != _strip.cell:
        _strip = _Strip(cell)
    _strip.add(made)


def _checked_name(parameter, name):
    if not re.fullmatch(r"[a-z_]+\.[a-z0-9-]+", name):
        raise ValueError(f'{parameter} must look like "page.dash-words", got {name!r}')
    return name
