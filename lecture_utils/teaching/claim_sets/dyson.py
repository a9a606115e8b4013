"""Claims of the page *Dyson Brownian motion*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "fan-density": Statement(
        "Levels that start together at zero fill a semicircle of the predicted radius.",
        "within",
        figure="fig-dyson-fan",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "second-moment": Statement(
        r"The mean square of five levels grows as $\sigma^2\frac{N+1}{2}(1-e^{-2\Omega t})$."
    ),
    "perturbative-drift": Statement(
        r"The drift of the levels is $-\Omega x_i+\sum_j g^2/(x_i-x_j)$ (slope of measured on "
        "predicted).",
        figure="fig-dyson-perturbation",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "perturbative-noise": Statement(
        "The variance of the kick of a level is $2g^2dt$.",
        figure="fig-dyson-perturbation",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "independent-kicks": Statement(
        "The kicks of any two levels are uncorrelated.", figure="fig-dyson-perturbation"
    ),
    "springs-alone": Statement(
        "Springs alone explain the drift of the levels.", "reject", figure="fig-dyson-perturbation"
    ),
    "unequal-noise": Statement(
        "With unequal noise the push of $j$ on $i$ has the strength $A_{ij}$.",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "unequal-noise-diagonal": Statement(
        "With unequal noise the push on level $i$ follows from its own noise, $g_i^2=A_{ii}/2$.",
        "reject",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "first-passage": Statement(
        r"The mean first passage of the gap from $s$ to $\varepsilon$ is "
        r"$\ln(s/\varepsilon)/\Omega$.",
        "within",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-looks": Statement(
        "Looking at the ends of steps only gives the same mean first passage.",
        "reject",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-no-repulsion": Statement(
        "Two numbers without repulsion have the same mean first passage.",
        "reject",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-line": Statement(
        "Without repulsion the mean first passage is a convergent integral.",
        "within",
        figure="fig-dyson-first-passage",
    ),
    "log-grows": Statement(
        r"Without stopping, $\langle\ln S+\Omega t\rangle$ grows as the exponential integral says."
    ),
    "log-constant": Statement(
        r"Without stopping, the average of $\ln S+\Omega t$ stays at $\ln s$.", "reject"
    ),
    "free-convolution": Statement(
        "At every time shown, the levels follow the free convolution (largest distance of the "
        "five).",
        "within",
        figure="fig-dyson-ridge",
        lecture="Dynamics of learning",
    ),
    "ordinary-convolution": Statement(
        "Noise added to the levels one by one gives the same density as noise added to the matrix.",
        "reject",
        figure="fig-dyson-ridge",
    ),
    "mode-1": Statement(
        r"Chebyshev mode 1 of the density relaxes at the rate $1\,\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-2": Statement(
        r"Chebyshev mode 2 of the density relaxes at the rate $2\,\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-3": Statement(
        r"Chebyshev mode 3 of the density relaxes at the rate $3\,\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-control": Statement(
        "The second mode relaxes as slowly as the first.", "reject", figure="fig-dyson-modes"
    ),
    "gap-at-zero": Statement(
        r"Euler's scheme fills the gap: the density of the gap at zero is $h_0\sqrt{dt}$ with the "
        "$h_0$ of the boundary layer.",
        "within",
        figure="fig-dyson-tail",
    ),
    "tail-exponent": Statement(
        "The tail of Euler's scheme falls as $1/X$ (exponent by Hill's estimator).",
        "within",
        figure="fig-dyson-tail",
    ),
    "tail-height": Statement(
        "The height of the tail is the $h_0$ of the boundary layer.",
        "within",
        figure="fig-dyson-tail",
    ),
    "clipped-euler": Statement(
        "With clipped gaps the spacing law comes out within two per cent.",
        "within",
        figure="fig-dyson-tail",
    ),
    "naive-euler": Statement(
        "Euler's scheme gives the spacing law of two levels.", "reject", figure="fig-dyson-tail"
    ),
    "exact-step": Statement(
        "The exact step gives the spacing law of two levels, whatever its length."
    ),
    "virial": Statement(
        r"Levels in the potential $x^4/4$ obey the virial theorem $\langle\sum "
        r"xV'\rangle=g^2N(N+1)/2$.",
        "within",
    ),
    "bru-drift": Statement(
        "The drift of the levels of $W^TW$ is Bru's (slope of measured on predicted).",
        figure="fig-dyson-wishart",
        lecture="From rectangular to symmetric matrices",
    ),
    "singular-value-drift": Statement(
        "The drift of the singular values has image charges and a wall.",
        figure="fig-dyson-wishart",
        lecture="From rectangular to symmetric matrices",
    ),
    "wishart-stays": Statement(
        r"Levels of $W^TW$ stay Marchenko–Pastur, with scale $\sigma^2(t)$ (largest distance of "
        "three).",
        "within",
        figure="fig-dyson-wishart",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "bru-no-constant": Statement(
        r"Bru's drift needs no constant $\kappa^2(M-N+1)$.", "reject", figure="fig-dyson-wishart"
    ),
    "symmetric-stays": Statement(
        "Under noise that is white in $X$ the spectrum keeps the shape of Marchenko–Pastur.",
        "reject",
        figure="fig-dyson-ridge",
    ),
    "shaken-diagonal": Statement("Shaken on the diagonal only, levels spread as far.", "reject"),
}

claim = partial(make_claim, "dyson", CLAIMS)
