"""Claims of the page *Learning as Dyson dynamics*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        "The spacing of the student's levels follows the Wigner surmise in every setting with "
        r"$\alpha/|\mathcal B|\leq10^{-3}$.",
        lecture="Wigner surmise",
    ),
    "weak-orders": Statement(
        r"The equation has weak order one; with $\frac\alpha4|\nabla\mathcal L|^2$ added to the "
        "loss, two.",
        lecture="Back to weight matrix dynamics",
    ),
    "weak-order-control": Statement("The first equation has weak order two.", "reject"),
    "second-equation-width": Statement(
        r"At $\alpha=0.4$ the second equation has the stationary spacing of SGD.",
        "reject",
        lecture="Stationary distribution",
    ),
    "mean-spacing": Statement(
        r"$\langle S\rangle=\sqrt{\pi\alpha A/|\mathcal B|}$ times the finite-step factor in all "
        r"settings: slope $\sqrt\pi$.",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "leading-order": Statement(r"At $\alpha=0.4$ this is true without the factor.", "reject"),
    "mean-square": Statement(r"$\langle s^2\rangle=4/\pi$ in all settings."),
    "two-level-density": Statement(
        r"The levels of the student follow the two-level density with $\sigma$ predicted, not "
        "fitted.",
        lecture="Wigner semi-circle",
    ),
    "uncorrelated-levels": Statement(
        "Levels taken from different students follow the surmise.",
        "reject",
        lecture="Wigner surmise",
    ),
    "u4-labels": Statement(
        "With label noise $U_4$ is that of its exact moments at every $T$.",
        lecture="Wigner semi-circle",
    ),
    "short-cut-labels": Statement(
        "Gaussian students with label noise have the $U_4$ of plainly trained ones at the largest "
        "$T$."
    ),
    "u4-independent": Statement(
        "With independent noise $U_4$ is that of its exact moments at every $T$.",
        lecture="Wigner semi-circle",
    ),
    "short-cut-independent": Statement(
        "Gaussian students with independent noise have the $U_4$ of plainly trained ones at the "
        "largest $T$.",
        "reject",
    ),
    "u4-slopes": Statement(
        "For both noises $U_4$ starts as $-4/27$ plus the predicted multiple of $T$."
    ),
    "u4-shape-labels": Statement(
        "With label noise $U_4$ stays within 0.01 of $-4/27$ up to $T=0.05$.", "within"
    ),
    "u4-shape-independent": Statement(
        "With independent noise $U_4$ stays within 0.01 of $-4/27$ up to $T=0.05$.", "reject"
    ),
    "split-teacher": Statement(
        "A teacher with two different levels leads to Rice's law of spacings.",
        lecture="Stationary distribution",
    ),
    "product-formula": Statement(
        "There the product formula holds, with a potential centred at the target of each level.",
        "reject",
        lecture="Stationary distribution",
    ),
    "with-replacement": Statement(
        r"With replacement the variance of the weights goes as $(\alpha/|\mathcal B|)^1$ (short "
        "epochs).",
        "within",
        lecture="Linear scaling relation",
    ),
    "reshuffled-cubic": Statement(
        r"Without replacement the variance of the weights goes as $(\alpha/|\mathcal B|)^3$ "
        "(short epochs).",
        "within",
        lecture="Linear scaling relation",
    ),
    "reshuffled": Statement(
        r"Without replacement the variance of the weights goes as $(\alpha/|\mathcal B|)^1$ "
        "(short epochs).",
        "reject",
        lecture="Linear scaling relation",
    ),
    "v-of-x": Statement(
        r"The mean spacing of $X$ follows from the $V$ of its own update: $\sqrt\pi\cdot2w\sigma$.",
        lecture="Back to weight matrix dynamics",
    ),
    "v-of-w": Statement(
        r"It follows from the $V$ of the gradient, $\mathbb V[\delta\mathcal L/\delta W]$, alone.",
        "reject",
        lecture="Back to weight matrix dynamics",
    ),
    "laguerre": Statement(
        r"Levels of $W^TW$ with noise white in $W$ follow the Laguerre law with $s^2=\alpha "
        r"V/(|\mathcal B|\gamma(2-\alpha\gamma))$.",
        lecture="From rectangular to symmetric matrices",
    ),
    "laguerre-surmise": Statement(
        "Their two levels follow the Wigner surmise.", "reject", lecture="Wigner surmise"
    ),
}

claim = partial(make_claim, "learning_dynamics", CLAIMS)
