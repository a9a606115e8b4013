"""Exercises that answer back: what is wrong, in one sentence, and never the solution.

A chapter lists its checkers in ``lecture_utils/teaching/exercise_sets/<page>.py``::

    CHECKERS = {
        "parameter-count": number(17 * 3, mistakes=(Mistake(16 * 3, "Do not forget ..."),)),
    }
    check = partial(check_answer, CHECKERS)

and its page imports that ``check`` and asks ``check("parameter-count", answer)``.
"""

import numbers
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy

from lecture_utils._checks import one_of
from lecture_utils.teaching._display import in_build, to_html


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


Checker = Callable[[object], Feedback]


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
    callable
        Takes an answer, returns a `Feedback`.
    """
    return _comparison(_read_numbers, expected, rtol, mistakes)


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
    callable
        Takes an answer, returns a `Feedback`.
    """
    at = np.asarray(at, dtype=float)
    return _comparison(lambda answer: _read_function(answer, at), expected, rtol, mistakes)


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
    callable
        Takes an answer, returns a `Feedback`.
    """
    names = sorted(
        {
            symbol.name
            for e in (expected, *(m.answer for m in mistakes))
            for symbol in e.free_symbols
        }
    )
    return _comparison(lambda answer: _read_expression(answer, names), expected, 1e-9, mistakes)


def _comparison(read, expected, rtol, mistakes):
    right = read(expected)
    wrong = [(read(mistake.answer), mistake.hint) for mistake in mistakes]
    if not np.all(np.isfinite(right)):
        raise ValueError(f"expected must be finite, got {right}")
    tolerance = _tolerance(right, rtol)
    for mistake, hint in wrong:
        if _close(mistake, right, tolerance):
            raise ValueError(f"mistakes must differ from expected, got one with the hint {hint!r}")

    @np.errstate(all="ignore")  # whatever numbers a reader may try
    def checker(answer):
        try:
            values = read(answer)
        except _Unreadable as problem:
            return Feedback(False, str(problem))
        if right.ndim == 0 and values.size == 1:
            values = values.reshape(())  # a number in brackets is the number
        if _close(values, right, tolerance):
            return Feedback(True, "Correct.")
        for mistake, hint in wrong:
            if _close(values, mistake, _tolerance(mistake, rtol)):
                return Feedback(False, hint)
        if values.shape != right.shape:
            return Feedback(False, f"The shape should be {right.shape}, yours is {values.shape}.")
        if not np.all(np.isfinite(values)):
            return Feedback(False, "Your answer is not finite everywhere: look for 0/0 or a root.")
        return Feedback(False, _generic_hint(values, right, tolerance))

    return checker


def _tolerance(values, rtol):
    return rtol * (np.max(np.abs(values)) or 1.0)


def _close(a, b, tolerance):
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))


def _generic_hint(values, right, tolerance):
    """Say what kind of difference there is, without giving the solution away."""
    if _close(-values, right, tolerance):
        return "The sign is wrong; the rest is right."
    scale = np.vdot(right, values) / np.vdot(right, right)
    if right.ndim and scale != 0 and _close(values / scale, right, tolerance):
        return "The form is right, a constant factor is not: check the normalisation."
    if right.ndim == 0 and np.isclose(values, 100 * right, rtol=1e-2):
        return "Per cent? The plain number is asked for."
    if right.ndim == 0 and np.any(np.isclose(abs(scale), _SIMPLE_FACTORS, rtol=1e-6)):
        return (
            "You are off by a simple factor, such as 2, π or their roots: find where it slips in."
        )
    if _close(values, right, min(50 * tolerance, 0.05 * np.max(np.abs(right)))):
        return "Close, but not within the tolerance: is it an approximation, or rounded too early?"
    return "Not yet: go back to the definition and check the limits you know."


_SIMPLE_FACTORS = [
    base**power for base in (2, 3, 4, np.pi, 2 * np.pi) for power in (-1, -0.5, 0.5, 1)
]


# --- reading answers -----------------------------------------------------------------------------


def _read_numbers(answer):
    if isinstance(answer, (str, bytes, bool, np.bool_)):
        raise _Unreadable(f"A number is expected, not {answer!r}: write it without quotes.")
    free = getattr(answer, "free_symbols", None)
    if free:
        names = ", ".join(sorted(symbol.name for symbol in free))
        raise _Unreadable(f"A number is expected; {names} still stands in your answer.")
    try:
        values = np.asarray(answer)
        if np.iscomplexobj(values):
            raise TypeError
        return values.astype(float)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last: a tensor with grad
        kind = type(answer).__name__
        raise _Unreadable(f"A real number is expected, not a {kind}.") from None


def _read_function(answer, at):
    if isinstance(answer, sympy.Expr):
        if len(answer.free_symbols) > 1:
            names = ", ".join(sorted(symbol.name for symbol in answer.free_symbols))
            raise _Unreadable(f"One variable is expected; yours are {names}: put in the others.")
        variable = next(iter(answer.free_symbols), sympy.Symbol("x"))
        answer = sympy.lambdify(variable, answer, "numpy")
    elif isinstance(answer, numbers.Number):
        raise _Unreadable("A function is expected: give f itself, not one of its values.")
    elif hasattr(answer, "pdf"):
        answer = answer.pdf
    if not callable(answer):
        kind = type(answer).__name__
        raise _Unreadable(f"A function of one variable is expected, not a {kind}.")
    try:
        values = np.asarray(answer(at), dtype=float)
    except Exception:  # whatever a reader's function may raise: it may want single numbers
        values = None
    if values is None or values.shape not in ((), at.shape):
        try:
            values = np.array([float(answer(x)) for x in at.tolist()])
        except Exception as problem:
            reason = f"{type(problem).__name__}: {problem}"
            raise _Unreadable(f"Your function fails: {reason}") from None
    return np.broadcast_to(values, at.shape)


def _read_expression(answer, names):
    if isinstance(answer, str) or (callable(answer) and not isinstance(answer, sympy.Basic)):
        raise _Unreadable(
            "A sympy expression is expected: write it with symbols from sympy.symbols, no quotes."
        )
    try:
        answer = sympy.sympify(answer, strict=True)
        unknown = sorted({symbol.name for symbol in answer.free_symbols} - set(names))
    except (sympy.SympifyError, AttributeError):
        kind = type(answer).__name__
        raise _Unreadable(f"A sympy expression is expected, not a {kind}.") from None
    if unknown:
        raise _Unreadable(f"Unknown symbol {', '.join(unknown)}: use only {', '.join(names)}.")
    return np.array([_evaluate(answer, names, shift) for shift in range(5)])


def _evaluate(answer, names, shift):
    # Square roots of different primes are in no simple relation: no accidental equality.
    points = {
        name: sympy.sqrt(sympy.prime(2 + i + shift)) / (5 + shift) for i, name in enumerate(names)
    }
    value = answer.subs({s: points[s.name] for s in answer.free_symbols})
    try:
        return complex(sympy.N(value, 25))
    except (TypeError, AttributeError):
        raise _Unreadable(
            "Give one expression that has a value: no equation, no undefined function."
        ) from None
