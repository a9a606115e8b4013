"""Exercises that answer back: what is wrong, in one sentence, and never the solution.

A chapter lists its checkers in ``lecture_utils/teaching/exercise_sets/<page>.py``::

    CHECKERS = {
        "parameter-count": number(17 * 3, mistakes=(Mistake(16 * 3, "Do not forget ..."),)),
    }
    check = partial(check_answer, CHECKERS)

and its page imports that ``check`` and asks ``check("parameter-count", answer)``. The built site
asks under each exercise, without Python: a checker describes itself as plain data
(`Checker.to_payload`), and the browser goes through the same steps with the same sentences.
"""

import numbers
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import sympy

from lecture_utils._checks import one_of
from lecture_utils.teaching._display import in_build, to_html

# What is said of an answer that is no named mistake; the site says it in the same words.
SENTENCES = {
    "right": "Correct.",
    "shape": "The shape should be {right}, yours is {yours}.",
    "finite": "Your answer is not finite everywhere: look for 0/0 or a root.",
    "sign": "The sign is wrong; the rest is right.",
    "factor": "The form is right, a constant factor is not: check the normalisation.",
    "percent": "Per cent? The plain number is asked for.",
    "simple": "You are off by a simple factor, such as 2, π or their roots: find where it slips "
    "in.",
    "close": "Close, but not within the tolerance: is it an approximation, or rounded too early?",
    "wrong": "Not yet: go back to the definition and check the limits you know.",
    # Answers of another kind than the one asked for.
    "real": "A real number is expected, not a {kind}.",
    "free": "A number is expected; {names} still stands in your answer.",
    "function": "A function of one variable is expected, not a {kind}.",
    "variables": "One variable is expected; yours are {names}: put in the others.",
    "unknown": "Unknown symbol {unknown}: use only {names}.",
}

# Powers of small numbers and of π by which an answer is easily wrong.
SIMPLE_FACTORS = [
    base**power for base in (2, 3, 4, np.pi, 2 * np.pi) for power in (-1, -0.5, 0.5, 1)
]

POINTS = 5  # at which two expressions are compared


@dataclass(frozen=True)
class Feedback:
    """Reply to an answer, `correct` is None where there is none yet. Displays as one line."""

    correct: bool | None
    message: str

    def _repr_html_(self):
        mark, colour = {
            True: ("✓", "#009e73"),
            False: ("✗", "#d55e00"),
            None: ("…", "#7f7f7f"),
        }[self.correct]
        return (
            '<div class="feedback mathjax_process" '
            f'style="padding-left:.6em;border-left:.25em solid {colour}">'
            f"{mark} {to_html(self.message)}</div>"
        )


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer and the sentence that puts its author back on the road."""

    answer: object
    hint: str


class WrongAnswer(AssertionError):
    """A worked solution of the book was not accepted while the book was built."""


class _Unreadable(ValueError):
    """The answer is not of the kind asked for; the message tells the reader."""


def check_answer(checkers, name, answer):
    """Check the answer to the exercise `name` of a chapter.

    Parameters
    ----------
    checkers : dict of str to callable
        The exercises of the chapter.
    name : str
    answer
        A number, an array, a function, a frozen scipy law or a sympy expression, as the exercise
        asks. ``...`` or None stands for "no answer yet".

    Returns
    -------
    Feedback

    Raises
    ------
    ValueError
        If there is no such exercise.
    WrongAnswer
        If the answer is wrong while the book is built.
    """
    one_of("name", name, checkers)
    if answer is None or answer is ...:
        return Feedback(None, "No answer yet: put yours in place of the dots.")
    feedback = checkers[name](answer)
    if in_build() and not feedback.correct:
        raise WrongAnswer(f"{name}: {feedback.message}")
    return feedback


# --- checkers ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Checker:
    """Call it with an answer to get a `Feedback`. Made by `number`, `function` or `expression`.

    Attributes
    ----------
    kind : str
        "number", "function" or "expression".
    ask : str
        What a reader is to give, in a few words.
    read : callable
        Turns an answer into an array of numbers.
    right : numpy.ndarray
        These numbers for the right answer.
    mistakes : tuple of (numpy.ndarray, str)
        These numbers for each named mistake, and its hint.
    rtol : float
        Tolerance in units of the largest absolute value.
    points : dict
        Where formulas are compared: values of each symbol, or of ``"at"``, the one variable.
    """

    kind: str
    ask: str
    read: Callable
    right: np.ndarray
    mistakes: tuple
    rtol: float
    points: dict = field(default_factory=dict)

    def __post_init__(self):
        if not np.all(np.isfinite(self.right)):
            raise ValueError(f"expected must be finite, got {self.right}")
        for mistake, hint in self.mistakes:
            if not np.all(np.isfinite(mistake)):
                raise ValueError(f"mistakes must be finite, got {mistake} with the hint {hint!r}")
            if _close(mistake, self.right, _tolerance(self.right, self.rtol)):
                raise ValueError(
                    f"mistakes must differ from expected, got one with the hint {hint!r}"
                )

    @np.errstate(all="ignore")  # whatever numbers a reader may try
    def __call__(self, answer):
        try:
            values = self.read(answer)
        except _Unreadable as problem:
            return Feedback(False, str(problem))
        message = self._verdict(values)
        return Feedback(message == SENTENCES["right"], message)

    def _verdict(self, values):
        """Sentence about an answer: the first that applies. `answers.js` has the same steps."""
        right, rtol = self.right, self.rtol
        if right.ndim == 0 and values.size == 1:
            values = values.reshape(())  # a number in brackets is the number
        tolerance, largest = _tolerance(right, rtol), np.max(np.abs(right))
        if _close(values, right, tolerance):
            return SENTENCES["right"]
        for mistake, hint in self.mistakes:
            if _close(values, mistake, _tolerance(mistake, rtol, largest)):
                return hint
        if values.shape != right.shape:
            return SENTENCES["shape"].format(right=right.shape, yours=values.shape)
        if not np.all(np.isfinite(values)):
            return SENTENCES["finite"]
        if _close(-values, right, tolerance):
            return SENTENCES["sign"]
        scale = np.vdot(right, values) / np.vdot(right, right)
        if right.ndim and scale != 0 and _close(values / scale, right, tolerance):
            return SENTENCES["factor"]
        if right.ndim == 0 and np.isclose(values, 100 * right, rtol=1e-2):
            return SENTENCES["percent"]
        if right.ndim == 0 and np.any(np.isclose(abs(scale), SIMPLE_FACTORS, rtol=1e-6)):
            return SENTENCES["simple"]
        if _close(values, right, min(50 * tolerance, 0.05 * largest)):
            return SENTENCES["close"]
        return SENTENCES["wrong"]

    def to_payload(self):
        """Return all that another program needs to give the same verdicts, as plain JSON types."""
        return {
            "kind": self.kind,
            "rtol": self.rtol,
            "points": self.points,
            "right": _plain(self.right),
            "mistakes": [_plain(values) | {"hint": hint} for values, hint in self.mistakes],
        }


def number(expected, *, rtol=1e-3, mistakes=()):
    """Make a checker of a number, or of an array of numbers.

    Parameters
    ----------
    expected : float or array_like
        Answers may differ from it by `rtol` times its largest absolute value.
    rtol : float
    mistakes : sequence of Mistake

    Returns
    -------
    Checker
    """
    ask = "a number, such as 1.5e-3 or sqrt(2)/7"
    if shape := np.shape(expected):
        ask = f"a list of numbers: {_pattern(shape, count(ord('a')))}"
    return _checker("number", ask, _read_numbers, expected, mistakes, rtol)


def function(expected, *, at, rtol=1e-3, mistakes=()):
    """Make a checker of a function of one variable, such as a density.

    Parameters
    ----------
    expected : callable, scipy.stats frozen distribution, or sympy expression in one symbol
        Answers may come in any of these forms too. A distribution stands for its density.
    at : array_like, shape (n,)
        Points where the functions are compared.
    rtol : float
        Tolerance in units of the largest absolute value of `expected` at these points.
    mistakes : sequence of Mistake

    Returns
    -------
    Checker
    """
    at = np.asarray(at, dtype=float)
    return _checker(
        "function",
        "a formula in one variable, such as x",
        lambda answer: _read_function(answer, at),
        expected,
        mistakes,
        rtol,
        {"at": at.tolist()},
    )


def expression(expected, *, mistakes=()):
    """Make a checker of a sympy expression, in whatever form it is written.

    Symbols are matched by name, whatever their assumptions, and stand for positive numbers: two
    expressions are equal if they agree to nine digits at five generic points.

    Parameters
    ----------
    expected : sympy.Expr
    mistakes : sequence of Mistake

    Returns
    -------
    Checker
    """
    names = sorted(
        {
            symbol.name
            for e in (expected, *(m.answer for m in mistakes))
            for symbol in e.free_symbols
        }
    )
    # Square roots of different primes are in no simple relation: no accidental equality.
    points = {
        name: [sympy.sqrt(sympy.prime(2 + i + shift)) / (5 + shift) for shift in range(POINTS)]
        for i, name in enumerate(names)
    }
    return _checker(
        "expression",
        f"a formula in {', '.join(names)}" if names else "a formula for a number",
        lambda answer: _read_expression(answer, points),
        expected,
        mistakes,
        1e-9,
        {name: [float(x) for x in values] for name, values in points.items()},
    )


def _checker(kind, ask, read, expected, mistakes, rtol, points=None):
    wrong = tuple((read(mistake.answer), mistake.hint) for mistake in mistakes)
    return Checker(kind, ask, read, read(expected), wrong, rtol, points or {})


def _tolerance(values, rtol, scale=1.0):
    """Allowed distance from `values`, where these are zero from the `scale` of what is asked."""
    return rtol * (np.max(np.abs(values)) or scale or 1.0)


def _close(a, b, tolerance):
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))


def _plain(values):
    """Shape, real parts and, where there are any, imaginary parts."""
    plain = {"shape": list(values.shape), "re": values.real.ravel().tolist()}
    return plain | ({"im": values.imag.ravel().tolist()} if np.any(values.imag) else {})


def _pattern(shape, letters):
    """Write a nested list of letters."""
    if not shape:
        return chr(next(letters))
    return f"[{', '.join(_pattern(shape[1:], letters) for _ in range(shape[0]))}]"


# --- reading answers -----------------------------------------------------------------------------


def _read_numbers(answer):
    if isinstance(answer, (str, bytes, bool, np.bool_)):
        raise _Unreadable(f"A number is expected, not {answer!r}: write it without quotes.")
    try:
        values = np.asarray(answer)
        if np.iscomplexobj(values):
            raise TypeError
        if values.dtype == object:  # of sympy, fractions, integers of any length
            free = {s.name for entry in values.flat for s in getattr(entry, "free_symbols", ())}
            if free:
                names = ", ".join(sorted(free))
                raise _Unreadable(SENTENCES["free"].format(names=names))
            values = np.vectorize(_read_number, otypes=[float])(values)
        return values.astype(float)
    except _Unreadable:
        raise
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last: a tensor with grad
        kind = type(answer).__name__
        raise _Unreadable(SENTENCES["real"].format(kind=kind)) from None


def _read_number(entry):
    if not isinstance(entry, sympy.Basic):
        try:
            return float(entry)
        except OverflowError:  # an integer beyond all floats
            return np.inf
    value = _value(entry)
    if _is_complex(value):
        raise _Unreadable(SENTENCES["real"].format(kind="complex one"))
    return value.real


def _read_function(answer, at):
    if isinstance(answer, sympy.Expr):
        if len(answer.free_symbols) > 1:
            names = ", ".join(sorted(symbol.name for symbol in answer.free_symbols))
            raise _Unreadable(SENTENCES["variables"].format(names=names))
        values = np.array([_value(answer, dict.fromkeys(answer.free_symbols, x)) for x in at])
        return np.where(_is_complex(values), np.nan, values.real)
    if isinstance(answer, numbers.Number):
        raise _Unreadable("A function is expected: give f itself, not one of its values.")
    if hasattr(answer, "pdf"):
        answer = answer.pdf
    if not callable(answer):
        kind = type(answer).__name__
        raise _Unreadable(SENTENCES["function"].format(kind=kind))
    try:
        values = np.asarray(answer(at.copy()), dtype=float)
    except Exception:  # whatever a reader's function may raise: it may want single numbers
        values = None
    if values is None or values.shape not in ((), at.shape):
        try:
            values = np.array([float(answer(x)) for x in at.tolist()])
        except Exception as problem:
            reason = f"{type(problem).__name__}: {problem}"
            raise _Unreadable(f"Your function fails: {reason}") from None
    return np.broadcast_to(values, at.shape)


def _read_expression(answer, points):
    if isinstance(answer, str) or (callable(answer) and not isinstance(answer, sympy.Basic)):
        raise _Unreadable(
            "A sympy expression is expected: write it with symbols from sympy.symbols, no quotes."
        )
    try:
        answer = sympy.sympify(answer, strict=True)
        free = {symbol: symbol.name for symbol in answer.free_symbols}
    except (sympy.SympifyError, AttributeError):
        kind = type(answer).__name__
        raise _Unreadable(f"A sympy expression is expected, not a {kind}.") from None
    if unknown := ", ".join(sorted(set(free.values()) - set(points))):
        names = ", ".join(points)
        raise _Unreadable(SENTENCES["unknown"].format(unknown=unknown, names=names))
    return np.array(
        [
            _value(answer, {symbol: points[name][i] for symbol, name in free.items()})
            for i in range(POINTS)
        ]
    )


def _value(expr, point=None):
    """Value of a sympy expression where its symbols have the values of `point`."""
    try:
        return complex(sympy.N(expr.subs(point or {}), 25))
    except (TypeError, AttributeError):
        raise _Unreadable(
            "Give one expression that has a value: no equation, no undefined function."
        ) from None


def _is_complex(values):
    return np.abs(np.imag(values)) > 1e-9 * np.abs(values)
