"""Claims of the page *The Coulomb gas*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "quartic": Statement(
        "Forty levels in the quartic potential have the density of the saddle point (largest "
        "distance of the three).",
        "within",
        figure="fig-cg-teaser",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "no-semicircle-critical": Statement(
        "A semicircle of the same variance describes the quartic gas (critical).",
        "reject",
        figure="fig-cg-teaser",
    ),
    "no-semicircle-two-cuts": Statement(
        "A semicircle of the same variance describes the quartic gas (two cuts).",
        "reject",
        figure="fig-cg-teaser",
    ),
    "zero-flux-symbolic": Statement(
        "The product formula solves the stationary Fokker-Planck equation as the slide writes it, "
        "for any constant $g_i$.",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "zero-flux-unequal": Statement(
        "The product formula is stationary for unequal $g_i$ when $A_{ij} = A_{ji}$ pushes both "
        "levels alike.",
        "reject",
    ),
    "stieltjes": Statement(
        "At the Hermite zeros no force acts on any of eight levels.", figure="fig-cg-hermite"
    ),
    "frozen": Statement(
        r"A cold gas ($\beta = 400$, same balance of forces) has its largest level at the largest "
        "zero.",
        "within",
        figure="fig-cg-hermite",
    ),
    "partition-quadrature": Statement(
        "Quadrature over two and three levels gives the closed form of Z.",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "partition-laguerre": Statement(
        "Quadrature over two levels of $W^TW$ (5 x 2) gives the closed form of the Laguerre gas."
    ),
    "partition-thermodynamic": Statement(
        "Switching the repulsion on step by step gives the closed form of Z at ten levels.",
        figure="fig-cg-partition",
    ),
    "partition-naive": Statement(
        r"Independent Gaussian samples with their own error bar give $\ln Z$ at sixteen levels.",
        "reject",
        figure="fig-cg-partition",
    ),
    "metropolis-gaussian": Statement(
        "The Metropolis gas of five levels agrees with tridiagonal matrices (one level of each "
        "run)."
    ),
    "metropolis-laguerre": Statement(
        "The Metropolis gas in the Laguerre potential agrees with $W^TW$ for 8 x 4 matrices."
    ),
    "virial": Statement(
        r"Ten levels in a double well obey the virial theorem $\langle xU'\rangle = (N+1)/2$ "
        "exactly."
    ),
    "one-cut": Statement(
        "Force balance on one interval, solved numerically, gives the closed forms of semicircle, "
        "Marchenko-Pastur and quartic density."
    ),
    "squares-semicircle": Statement(
        "In a deep double well the squares of forty levels lie on a semicircle.",
        "within",
        figure="fig-cg-teaser",
    ),
    "unequal-as-written": Statement(
        "For the stochastic equation as written the product formula holds with unequal noise.",
        "within",
        figure="fig-cg-unequal",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "unequal-equal-forces-centre": Statement(
        "With equal and opposite forces the centre of the pair stays a Gaussian about zero.",
        "within",
        figure="fig-cg-unequal",
    ),
    "unequal-equal-forces-product": Statement(
        "With equal and opposite forces and unequal noise the product formula holds.",
        "reject",
        figure="fig-cg-unequal",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "unequal-matrix-symmetric": Statement(
        "Levels of a symmetric matrix, with unequal noise, have equal variances, and centre and "
        "gap are uncorrelated."
    ),
    "unequal-glued-symmetric": Statement(
        "Levels with noise glued to them, with unequal noise, have equal variances, and centre "
        "and gap are uncorrelated.",
        "reject",
    ),
    "pinned-gas": Statement(
        r"The gas with wells at $\kappa_i$ shifts its levels by "
        r"$\sigma^2\sum_j1/(\kappa_i-\kappa_j)$.",
        "within",
        figure="fig-cg-pinned",
    ),
    "pinned-matrix": Statement(
        r"A matrix around $\mathrm{diag}(\kappa)$ shifts them by half as much.",
        "within",
        figure="fig-cg-pinned",
    ),
    "pinned-control": Statement(
        r"The Coulomb gas predicts the shift of a matrix around $\mathrm{diag}(\kappa)$.",
        "reject",
        figure="fig-cg-pinned",
    ),
    "temperature-harmonic": Statement(
        "The size of the gas in a harmonic well grows with the power 0.5 of the temperature.",
        figure="fig-cg-temperature",
        lecture="Stationary distribution",
    ),
    "temperature-quartic": Statement(
        "The size of the gas in a quartic well grows with the power 0.25 of the temperature.",
        figure="fig-cg-temperature",
        lecture="Stationary distribution",
    ),
    "temperature-control": Statement(
        "The harmonic exponent $1/2$ holds in the quartic well, too.",
        "reject",
        figure="fig-cg-temperature",
    ),
    "hill-limit": Statement(
        "At twice the critical temperature the fraction of levels on the hill tends to that of "
        "the saddle point.",
        "within",
        figure="fig-cg-hill",
    ),
    "hill-correction": Statement(
        "At forty levels the fraction is within two per cent of the saddle point with its first "
        "correction in $1/N$.",
        "within",
        figure="fig-cg-hill",
    ),
    "hill-no-correction": Statement(
        "At forty levels the fraction is that of the saddle point alone.",
        "reject",
        figure="fig-cg-hill",
    ),
    "no-repulsion": Statement(
        "Levels without repulsion obey the virial theorem of five levels.", "reject"
    ),
}

claim = partial(make_claim, "coulomb_gas", CLAIMS)
