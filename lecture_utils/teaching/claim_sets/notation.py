"""Claims of the page *Notation and conventions*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "loss": Statement(
        "The loss is $n_L/2$ times PyTorch's mean squared error.",
        lecture="Loss function example: mean squared error",
    ),
    "levels": Statement(
        "The levels of $X=W^TW$ are the squared singular values of $W$, ascending.",
        lecture="From rectangular to symmetric matrices",
    ),
    "normalisation": Statement(
        r"A $2\times2$ matrix with variance $\sigma^2$ on the diagonal and $\sigma^2/2$ off it "
        r"has the surmise's spacing, with the same $\sigma$.",
        lecture="Wigner surmise",
    ),
    "equal-variances": Statement(
        r"A symmetric $2\times2$ matrix with variance $\sigma^2/2$ in every entry has the "
        r"surmise's spacing, with the same $\sigma$.",
        "reject",
        lecture="Wigner surmise",
    ),
    "cumulant": Statement(
        r"The levels of symmetric Gaussian $2\times2$ matrices have $U_4=-4/27$.",
        lecture="Wigner semi-circle",
    ),
    "cumulant-semicircle": Statement(
        r"The levels of symmetric Gaussian $2\times2$ matrices have the semicircle's $U_4=-1/3$.",
        "reject",
        lecture="Wigner semi-circle",
    ),
}

claim = partial(make_claim, "notation", CLAIMS)
