"""Claims of the first page."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "semicircle": Statement(
        r"The levels of $40\times40$ matrices that took up symmetric noise fill Wigner's "
        "semicircle, up to corrections in $1/N$.",
        "within",
        figure="fig-index-fan",
        lecture="Random Matrix Theory (RMT)",
    ),
    "second-moment": Statement(
        "Forty levels that start at zero have the mean square "
        r"$\tfrac12\sigma^2(N+1)(1-e^{-2\Omega t})$ at $\Omega t=2.5$.",
        figure="fig-index-fan",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "independent-levels": Statement(
        "Forty independent levels of the same variance fill Wigner's semicircle.",
        "reject",
        figure="fig-index-control",
    ),
}

claim = partial(make_claim, "index", CLAIMS)
