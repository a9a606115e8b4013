"""Claims of the page *The Coulomb gas*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "quartic": Statement(
        r"For each of three $\mu$ forty levels in $N(\mu x^2/2+x^4/4)$ follow the saddle-point "
        "density (largest distance of the three).",
        "within",
        figure="fig-cg-teaser",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "no-semicircle-critical": Statement(
        r"Forty levels in the quartic potential at the critical $\mu=-\sqrt2$ follow the "
        "semicircle of the same variance.",
        "reject",
        figure="fig-cg-teaser",
    ),
    "no-semicircle-two-cuts": Statement(
        r"Forty levels in the quartic double well $\mu=-3$ (two cuts) follow the semicircle of "
        "the same variance.",
        "reject",
        figure="fig-cg-teaser",
    ),
    "zero-flux-symbolic": Statement(
        "Three levels in $x^4/4$, all $g_i$ different: the product formula solves the slide's "
        "stationary Fokker-Planck equation.",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "zero-flux-unequal": Statement(
        "Three levels in $x^4/4$, all $g_i$ different, with equal and opposite forces "
        "$A_{ij}=A_{ji}$: the product formula is stationary.",
        "reject",
    ),
    "stieltjes": Statement(
        r"On eight levels at the zeros of $H_8$ (times $\sigma$) no force acts.",
        figure="fig-cg-hermite",
    ),
    "frozen": Statement(
        r"In a cold gas of eight levels ($\beta=400$, same balance of forces) the largest one "
        "lies on average at the largest zero of $H_8$.",
        "within",
        figure="fig-cg-hermite",
    ),
    "partition-quadrature": Statement(
        "Quadrature over two and over three levels gives the closed form of the Gaussian gas's "
        "$Z_N$.",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "partition-laguerre": Statement(
        "Quadrature over two levels gives the closed form of the Laguerre gas's $Z$, that of "
        r"$W^TW$ for $5\times2$ matrices."
    ),
    "partition-thermodynamic": Statement(
        r"Integrating over the strength $\beta$ of the repulsion gives the closed form of $Z$ "
        "for ten Gaussian levels.",
        figure="fig-cg-partition",
    ),
    "partition-naive": Statement(
        r"The average over independent Gaussian levels gives $\ln Z$ at sixteen levels, within "
        "its own error bar.",
        "reject",
        figure="fig-cg-partition",
    ),
    "metropolis-gaussian": Statement(
        "Five Gaussian levels drawn by Metropolis agree with those of tridiagonal matrices (one "
        "level of each)."
    ),
    "metropolis-laguerre": Statement(
        r"Four Laguerre levels drawn by Metropolis agree with those of $W^TW$ for $8\times4$ "
        "matrices (one level of each)."
    ),
    "virial": Statement(
        r"Ten levels in a quartic double well ($\mu=-3$) obey the virial theorem $\langle "
        r"xU'\rangle=(N+1)/2$."
    ),
    "one-cut": Statement(
        "Force balance on one interval, solved numerically, gives the closed forms of the "
        "semicircle, the Marchenko-Pastur and a quartic law."
    ),
    "squares-semicircle": Statement(
        r"The squares of forty levels in the quartic double well $\mu=-3$ lie on a semicircle.",
        "within",
        figure="fig-cg-teaser",
    ),
    "unequal-as-written": Statement(
        r"In the equation as written, with $g_1\neq g_2$, the centre of a pair follows the "
        "product formula.",
        "within",
        figure="fig-cg-unequal",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "unequal-equal-forces-centre": Statement(
        r"With equal and opposite forces and $g_1\neq g_2$ the centre of a pair is a Gaussian "
        "about zero of variance $(g_1^2+g_2^2)/4$.",
        "within",
        figure="fig-cg-unequal",
    ),
    "unequal-equal-forces-product": Statement(
        r"With equal and opposite forces and $g_1\neq g_2$ the centre of a pair follows the "
        "product formula.",
        "reject",
        figure="fig-cg-unequal",
        lecture="Dyson Brownian motion and Coulomb gas",
    ),
    "unequal-matrix-symmetric": Statement(
        r"Both levels of a symmetric $2\times2$ matrix with unequal noise have the same "
        "variance: centre and gap are uncorrelated."
    ),
    "unequal-glued-symmetric": Statement(
        r"Both levels of a pair with noises $g_1\neq g_2$ glued to them have the same variance: "
        "centre and gap are uncorrelated.",
        "reject",
    ),
    "pinned-gas": Statement(
        r"Four levels of a gas with wells at $\kappa_i$ are shifted by "
        r"$\sigma^2\sum_j1/(\kappa_i-\kappa_j)$ on average.",
        "within",
        figure="fig-cg-pinned",
    ),
    "pinned-matrix": Statement(
        r"The levels of a matrix around $\mathrm{diag}(\kappa_1,\dots,\kappa_4)$ are shifted by "
        r"$\frac12\sigma^2\sum_j1/(\kappa_i-\kappa_j)$ on average.",
        "within",
        figure="fig-cg-pinned",
    ),
    "pinned-control": Statement(
        r"The levels of a matrix around $\mathrm{diag}(\kappa_1,\dots,\kappa_4)$ are shifted as "
        r"those of the gas, by $\sigma^2\sum_j1/(\kappa_i-\kappa_j)$.",
        "reject",
        figure="fig-cg-pinned",
    ),
    "temperature-harmonic": Statement(
        r"The size $\langle x^2\rangle^{1/2}$ of ten levels in the well $x^2/2$ grows as "
        "$T^{1/2}$.",
        figure="fig-cg-temperature",
        lecture="Stationary distribution",
    ),
    "temperature-quartic": Statement(
        r"The size $\langle x^4\rangle^{1/4}$ of ten levels in the well $x^4/4$ grows as "
        "$T^{1/4}$.",
        figure="fig-cg-temperature",
        lecture="Stationary distribution",
    ),
    "temperature-control": Statement(
        r"The size $\langle x^4\rangle^{1/4}$ of ten levels in the well $x^4/4$ grows as "
        "$T^{1/2}$, as in the harmonic well.",
        "reject",
        figure="fig-cg-temperature",
    ),
    "hill-limit": Statement(
        "At $T=2T_c$ the fraction of levels on the hill tends to that of the saddle point as "
        r"$1/N\to0$ (parabola through five $N$).",
        "within",
        figure="fig-cg-hill",
    ),
    "hill-correction": Statement(
        "At $T=2T_c$ and $N=40$ the fraction of levels on the hill is the saddle point's with "
        "its $1/N$ correction, to two per cent.",
        "within",
        figure="fig-cg-hill",
    ),
    "hill-no-correction": Statement(
        "At $T=2T_c$ and $N=40$ the fraction of levels on the hill is the saddle point's alone, "
        "to two per cent.",
        "reject",
        figure="fig-cg-hill",
    ),
    "no-repulsion": Statement(
        r"Without repulsion, five levels in $x^4/4$ have the $\langle x^4\rangle=(N+1)/2=3$ of "
        "five that repel.",
        "reject",
    ),
}

claim = partial(make_claim, "coulomb_gas", CLAIMS)
