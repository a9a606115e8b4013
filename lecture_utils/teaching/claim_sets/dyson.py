"""Claims of the page *Dyson Brownian motion*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "fan-density": Statement(
        r"At $\Omega t=3$ the fifty levels of matrices that started at zero fill the semicircle "
        "of the predicted radius.",
        "within",
        figure="fig-dyson-fan",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "second-moment": Statement(
        "Five levels that start at zero have the mean square "
        r"$\sigma^2\frac{N+1}{2}(1-e^{-2\Omega t})$ at $\Omega t=0.3$."
    ),
    "perturbative-drift": Statement(
        r"In a small step of a $5\times5$ matrix level $i$ drifts by $-\Omega "
        r"x_i+\sum_jg^2/(x_i-x_j)$ (slope of measured on predicted).",
        figure="fig-dyson-perturbation",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "perturbative-noise": Statement(
        r"In a small step of a $5\times5$ matrix the kick of a level has the variance $2g^2dt$ "
        "(mean of the five).",
        figure="fig-dyson-perturbation",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "independent-kicks": Statement(
        r"In a small step of a $5\times5$ matrix the kicks of any two levels are uncorrelated.",
        figure="fig-dyson-perturbation",
    ),
    "springs-alone": Statement(
        r"In a small step of a $5\times5$ matrix the springs $-\Omega x_i$ alone are the drift "
        "of the levels.",
        "reject",
        figure="fig-dyson-perturbation",
    ),
    "unequal-noise": Statement(
        r"In a small step with unequal noise, level $i$ drifts by $\sum_jA_{ij}/(x_i-x_j)$ "
        "(slope of measured on predicted).",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "unequal-noise-diagonal": Statement(
        r"In a small step with unequal noise, level $i$ drifts by $\sum_jg_i^2/(x_i-x_j)$, with "
        "$g_i^2=A_{ii}/2$ from its own noise.",
        "reject",
        lecture="Stochastic matrix dynamics: Dyson Brownian motion and the Coulomb gas",
    ),
    "first-passage": Statement(
        r"The gap of two levels falls from $s=2\sigma$ to $\varepsilon=0.1\,\sigma$ after the "
        r"mean time $\ln(s/\varepsilon)/\Omega$.",
        "within",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-looks": Statement(
        r"The mean first passage from $2\sigma$ to $0.1\,\sigma$ is $\ln(s/\varepsilon)/\Omega$ "
        "even if one looks at the ends of steps only.",
        "reject",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-no-repulsion": Statement(
        r"The distance of two numbers without repulsion ($\beta=0$) falls from $2\sigma$ to "
        r"$0.1\,\sigma$ after the mean time $\ln(s/\varepsilon)/\Omega$.",
        "reject",
        figure="fig-dyson-first-passage",
    ),
    "first-passage-line": Statement(
        r"Without repulsion ($\beta=0$) the mean first passage from $2\sigma$ to $0.1\,\sigma$ "
        r"is that of quadrature, finite as $\varepsilon\to0$.",
        "within",
        figure="fig-dyson-first-passage",
    ),
    "log-grows": Statement(
        r"Without stopping, $\langle\ln S+\Omega t\rangle$ has grown by half the exponential "
        r"integral $E_1$ of the text at $\Omega t=1$ and $4$ ($s=2\sigma$)."
    ),
    "log-constant": Statement(
        r"Without stopping, $\langle\ln S+\Omega t\rangle$ is still $\ln s$ at $\Omega t=1$ "
        r"($s=2\sigma$).",
        "reject",
    ),
    "free-convolution": Statement(
        r"From Marchenko-Pastur the levels of $50\times50$ matrices follow the free convolution "
        "at five times (largest distance of the five).",
        "within",
        figure="fig-dyson-ridge",
        lecture="Dynamics of learning",
    ),
    "ordinary-convolution": Statement(
        r"From Marchenko-Pastur the levels of $50\times50$ matrices follow the ordinary "
        r"convolution with a semicircle at $\Omega t=0.3$.",
        "reject",
        figure="fig-dyson-ridge",
    ),
    "mode-1": Statement(
        r"In equilibrium the Chebyshev mode $c_1$ of ten levels relaxes at the rate $\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-2": Statement(
        r"In equilibrium the Chebyshev mode $c_2$ of ten levels relaxes at the rate $2\,\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-3": Statement(
        r"In equilibrium the Chebyshev mode $c_3$ of ten levels relaxes at the rate $3\,\Omega$.",
        figure="fig-dyson-modes",
    ),
    "mode-control": Statement(
        "In equilibrium the Chebyshev mode $c_2$ of ten levels relaxes as slowly as $c_1$, at "
        r"the rate $\Omega$.",
        "reject",
        figure="fig-dyson-modes",
    ),
    "gap-at-zero": Statement(
        r"Euler's scheme for two levels ($\Omega dt=0.02$) has the density $h_0\sqrt{dt}$ of "
        "gaps at zero, with the $h_0$ of the boundary layer.",
        "within",
        figure="fig-dyson-tail",
    ),
    "tail-exponent": Statement(
        r"Beyond $X=8\sigma$ the tail of Euler's scheme for two levels falls as $1/X$ (exponent "
        "by Hill's estimator).",
        "within",
        figure="fig-dyson-tail",
    ),
    "tail-height": Statement(
        r"Beyond $X=8\sigma$ the tail of Euler's scheme for two levels is $h_0\,g\sqrt{dt}/X$, "
        "with the $h_0$ of the boundary layer.",
        "within",
        figure="fig-dyson-tail",
    ),
    "clipped-euler": Statement(
        r"Euler's scheme with clipped gaps ($\Omega dt=0.02$) gives the spacing law of two "
        "levels, to $D=0.02$.",
        "within",
        figure="fig-dyson-tail",
    ),
    "naive-euler": Statement(
        r"Euler's scheme without clipping ($\Omega dt=0.02$) gives the spacing law of two "
        "levels, to $D=0.02$.",
        "reject",
        figure="fig-dyson-tail",
    ),
    "exact-step": Statement(
        "Exact steps of three very different lengths, from zero, end in the spacing law of two "
        "levels."
    ),
    "virial": Statement(
        "Five levels in $V=x^4/4$, stepped by Strang's splitting, obey the virial theorem "
        r"$\langle\sum xV'\rangle=g^2N(N+1)/2$.",
        "within",
    ),
    "bru-drift": Statement(
        r"In a small step of an $8\times4$ matrix $W$ the levels of $W^TW$ have Bru's drift "
        "(slope of measured on predicted).",
        figure="fig-dyson-wishart",
        lecture="From rectangular to symmetric matrices",
    ),
    "singular-value-drift": Statement(
        r"In a small step of an $8\times4$ matrix the drift of the singular values is that with "
        "image charges and a wall (slope).",
        figure="fig-dyson-wishart",
        lecture="From rectangular to symmetric matrices",
    ),
    "wishart-stays": Statement(
        "Levels of $W^TW$ under noise white in $W$ stay Marchenko-Pastur with scale "
        r"$\sigma^2(t)$ (largest distance of three times).",
        "within",
        figure="fig-dyson-wishart",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "bru-no-constant": Statement(
        r"In a small step of an $8\times4$ matrix the levels of $W^TW$ have Bru's drift without "
        r"the constant $\kappa^2(M-N+1)$.",
        "reject",
        figure="fig-dyson-wishart",
    ),
    "symmetric-stays": Statement(
        "Under noise white in $X$ the spectrum keeps the shape of Marchenko-Pastur until "
        r"$\Omega t=0.3$ (same mean and variance).",
        "reject",
        figure="fig-dyson-ridge",
    ),
    "shaken-diagonal": Statement(
        "Twenty levels shaken on the diagonal only have the mean square of a matrix shaken in "
        r"all entries ($\Omega t=\frac12$).",
        "reject",
    ),
}

claim = partial(make_claim, "dyson", CLAIMS)
