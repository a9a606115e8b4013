"""Claims of the first page."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "semicircle": Statement(
        r"The levels of a $40\times40$ matrix that took up symmetric noise fill Wigner's "
        "semicircle, up to corrections in $1/N$.",
        "within",
        figure="fig-index-fan",
        lecture="Random Matrix Theory (RMT)",
    ),
    "second-moment": Statement(
        r"Their mean square is $\tfrac12\sigma^2(N+1)(1-e^{-2\Omega t})$, exactly.",
        figure="fig-index-fan",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "independent-levels": Statement(
        "Independent levels of the same variance fill the same semicircle.",
        "reject",
        figure="fig-index-control",
    ),
}

claim = partial(make_claim, "index", CLAIMS)
