"""Claims of the page *Initialisation and the infinite-width limit*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "layer-variance": Statement(
        r"After ten random tanh layers of width 64 ($\sigma_W = 1.5$) the variance of the "
        "pre-activations is that of the recursion.",
        "within",
        figure="fig-init-layers",
        lecture="Weight matrix initialisation",
    ),
    "weight-moments": Statement(
        r"The crossed pairing corrects $\langle\mathrm{tr}\,X^2\rangle$ by $1/(2n)$, here at $n = "
        "8$.",
        figure="fig-init-crossed",
        lecture="Weight matrix initialisation",
    ),
    "weight-exponent": Statement(
        r"The correction of $\langle\mathrm{tr}\,X^2\rangle$ falls with exponent $-1$ in the size "
        "of the matrix.",
        figure="fig-init-crossed",
        lecture="Weight matrix initialisation",
    ),
    "torch-default": Statement(
        r"The default weights of torch have $\sigma_W^2 = 1/3$.",
        lecture="Weight matrix initialisation",
    ),
    "variance-uneven": Statement(
        r"With variance $\sigma_W^2/n_{l-1}$ the recursion holds for layers of unequal width.",
        "within",
        figure="fig-init-control",
        lecture="Weight matrix initialisation",
    ),
    "control-fan-out": Statement(
        r"With variance $\sigma_W^2/n_l$ the same recursion holds.",
        "reject",
        figure="fig-init-control",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-exact": Statement(
        "The excess kurtosis after one hidden tanh layer of 4 nodes is the exact one.",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-exponent": Statement(
        "The excess kurtosis after one hidden layer falls with exponent $-1$ in the width.",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-depth": Statement(
        r"The excess kurtosis in layer ten (width 64, $\sigma_W=1.5$) follows the recursion of "
        "order $1/n$.",
        "within",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-doubling": Statement(
        r"Doubling the depth from five to ten layers at $\sigma_W=1$ (width 64) multiplies the "
        "excess kurtosis as the recursion says, by about two.",
        "within",
        figure="fig-init-kurtosis",
    ),
    "kurtosis-doubling-saturates": Statement(
        r"Doubling the depth does the same at $\sigma_W=1.5$.", "reject", figure="fig-init-kurtosis"
    ),
    "gaussian-wide": Statement(
        "With Gaussian weights the output of a network of width 256 is Gaussian.",
        "within",
        figure="fig-init-cauchy",
        lecture="Weight matrix initialisation",
    ),
    "control-cauchy": Statement(
        "With Cauchy weights the output of a network of width 256 is Gaussian.",
        "reject",
        figure="fig-init-cauchy",
    ),
    "cauchy-law": Statement(
        "With Cauchy weights the output follows the Cauchy law of scale "
        r"$\sigma_W\langle|\phi|\rangle$.",
        "within",
        figure="fig-init-cauchy",
    ),
    "initial-loss": Statement(
        "The loss on the digits before training is the one that the recursion predicts.",
        "within",
        lecture="Weight matrix initialisation",
    ),
}

claim = partial(make_claim, "initialisation", CLAIMS)
