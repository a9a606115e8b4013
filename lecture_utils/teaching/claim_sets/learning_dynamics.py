"""Claims of the page *Learning as Dyson dynamics*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        r"In each of the sixteen settings, all with $\alpha/|\mathcal B|\leq10^{-3}$, the "
        "spacing of the student's two levels follows the Wigner surmise.",
        lecture="Wigner surmise",
    ),
    "weak-orders": Statement(
        "For the mean square distance from the teacher at time one, the equation has weak order "
        r"one; with $\frac\alpha4|\nabla\mathcal L|^2$ added to the loss, two.",
        lecture="Back to weight matrix dynamics",
    ),
    "weak-order-control": Statement(
        "For the mean square distance from the teacher at time one, the first equation, without "
        r"$\frac\alpha4|\nabla\mathcal L|^2$, has weak order two.",
        "reject",
    ),
    "second-equation-width": Statement(
        r"At $\alpha=0.4$, $|\mathcal B|=400$ the second equation has the stationary mean square "
        "spacing of SGD, to two per cent.",
        "reject",
        lecture="Stationary distribution",
    ),
    "mean-spacing": Statement(
        r"In all sixteen settings $\langle S\rangle=\sqrt{\pi\alpha A/|\mathcal B|}$ times the "
        "finite-step factor.",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "leading-order": Statement(
        r"At $\alpha=0.4$ (two settings) $\langle S\rangle=\sqrt{\pi\alpha A/|\mathcal B|}$, "
        "without the finite-step factor.",
        "reject",
    ),
    "mean-square": Statement(r"In all sixteen settings $\langle s^2\rangle=4/\pi$."),
    "two-level-density": Statement(
        "At the base setting a level of each student, drawn at random, follows the two-level "
        r"density with the predicted $\sigma$.",
        lecture="Wigner semi-circle",
    ),
    "uncorrelated-levels": Statement(
        "The distance of two levels from different students follows the surmise, in units of "
        "its mean.",
        "reject",
        lecture="Wigner surmise",
    ),
    "u4-labels": Statement(
        r"With label noise $U_4$ is that of its exact moments at all five $T$ ($\alpha=0.2$).",
        lecture="Wigner semi-circle",
    ),
    "short-cut-labels": Statement(
        "At $T=0.05$ students whose batches enter as drawn $C$ and $N$ have the $U_4$ of "
        "students trained on inputs and labels."
    ),
    "u4-independent": Statement(
        "With noise independent of the inputs $U_4$ is that of its exact moments at all five "
        r"$T$ ($\alpha=0.2$).",
        lecture="Wigner semi-circle",
    ),
    "short-cut-independent": Statement(
        "At $T=0.05$ students with Gaussian noise independent of the inputs have the $U_4$ of "
        "students trained on inputs and labels.",
        "reject",
    ),
    "u4-slopes": Statement(
        r"The exact $U_4$ starts as $-\frac4{27}+\frac4{81}T$ with label noise, as "
        r"$-\frac4{27}+\frac{145}{81}T$ with independent noise."
    ),
    "u4-shape-labels": Statement(
        r"With label noise the exact $U_4$ stays within 0.01 of $-\frac4{27}$ at all five $T$ up "
        r"to 0.05 ($\alpha=0.2$).",
        "within",
    ),
    "u4-shape-independent": Statement(
        "With noise independent of the inputs the exact $U_4$ stays within 0.01 of "
        r"$-\frac4{27}$ at all five $T$ up to 0.05 ($\alpha=0.2$).",
        "reject",
    ),
    "split-teacher": Statement(
        r"If the teacher's levels are $4\sigma$ apart, the spacing of the student's follows "
        "Rice's law.",
        lecture="Stationary distribution",
    ),
    "product-formula": Statement(
        r"If the teacher's levels are $4\sigma$ apart, the student's spacing follows the product "
        "formula, each level in a potential at its own target.",
        "reject",
        lecture="Stationary distribution",
    ),
    "with-replacement": Statement(
        "With batches drawn with replacement the variance of the weights goes as $T^1$ (ten "
        r"data sets, $|\mathcal B|=8$).",
        "within",
        lecture="Linear scaling relation",
    ),
    "reshuffled-cubic": Statement(
        "With reshuffled batches and short epochs the variance of the weights goes as $T^3$ "
        r"(ten data sets, $|\mathcal B|=8$).",
        "within",
        lecture="Linear scaling relation",
    ),
    "reshuffled": Statement(
        "With reshuffled batches and short epochs the variance of the weights goes as $T^1$ "
        r"(ten data sets, $|\mathcal B|=8$).",
        "reject",
        lecture="Linear scaling relation",
    ),
    "v-of-x": Statement(
        "The mean spacing of $X=W^2$ follows from the $V$ of its own update: it is "
        r"$\sqrt\pi\cdot2w\sigma$ with $w=2$.",
        lecture="Back to weight matrix dynamics",
    ),
    "v-of-w": Statement(
        r"The mean spacing of $X=W^2$ follows from $\mathbb V[\delta\mathcal L/\delta W]$ alone: "
        r"it is $\sqrt\pi\,\sigma$.",
        "reject",
        lecture="Back to weight matrix dynamics",
    ),
    "laguerre": Statement(
        r"With decay and noise white in $W$ ($3\times2$) the spacing of $W^TW$ follows the "
        r"Laguerre law, $s^2=\alpha V/(|\mathcal B|\gamma(2-\alpha\gamma))$.",
        lecture="From rectangular to symmetric matrices",
    ),
    "laguerre-surmise": Statement(
        r"With decay and noise white in $W$ ($3\times2$) the spacing of $W^TW$ follows the "
        "Wigner surmise.",
        "reject",
        lecture="Wigner surmise",
    ),
}

claim = partial(make_claim, "learning_dynamics", CLAIMS)
