"""Claims of the page *Initialisation and the infinite-width limit*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "layer-variance": Statement(
        r"In the tenth random tanh layer of width 64 ($\sigma_W=1.5$) the mean square of the "
        "pre-activations is that of the recursion with its $1/n$ correction.",
        "within",
        figure="fig-init-layers",
        lecture="Weight matrix initialisation",
    ),
    "weight-moments": Statement(
        r"For $8\times8$ weights the crossed pairing adds the fraction $1/(2n)$ to the planar "
        r"$\langle\mathrm{tr}\,X^2\rangle$.",
        figure="fig-init-crossed",
        lecture="Weight matrix initialisation",
    ),
    "weight-exponent": Statement(
        r"What the crossed pairing adds to the planar $\langle\mathrm{tr}\,X^2\rangle$ falls as "
        r"$n^{-1}$ for $n\times n$ weights, $n=2$ to 16.",
        figure="fig-init-crossed",
        lecture="Weight matrix initialisation",
    ),
    "torch-default": Statement(
        "The default weights of torch.nn.Linear have the variance $1/(3n_{l-1})$, that is "
        r"$\sigma_W^2=1/3$.",
        figure="",
        lecture="Weight matrix initialisation",
    ),
    "variance-uneven": Statement(
        r"With weights of variance $\sigma_W^2/n_{l-1}$ the recursion holds in the last of eight "
        "layers of alternating width 128 and 32.",
        "within",
        figure="fig-init-control",
        lecture="Weight matrix initialisation",
    ),
    "control-fan-out": Statement(
        r"With weights of variance $\sigma_W^2/n_l$ the recursion holds in the last of eight "
        "layers of alternating width 128 and 32.",
        "reject",
        figure="fig-init-control",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-exact": Statement(
        "The excess kurtosis after one hidden tanh layer of 4 nodes is the exact one, $3/n$ "
        r"times the relative variance of $\phi^2$.",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-exponent": Statement(
        "The excess kurtosis after one hidden tanh layer falls as $n^{-1}$ in its width, $n=2$ "
        "to 16.",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-depth": Statement(
        r"The excess kurtosis in the tenth tanh layer (width 64, $\sigma_W=1.5$) is that of the "
        "recursion of order $1/n$.",
        "within",
        figure="fig-init-kurtosis",
        lecture="Weight matrix initialisation",
    ),
    "kurtosis-doubling": Statement(
        r"At $\sigma_W=1$ (width 64) the excess kurtosis grows from layer five to ten by the "
        "factor of the recursion of order $1/n$.",
        "within",
        figure="fig-init-kurtosis",
    ),
    "kurtosis-doubling-saturates": Statement(
        r"At $\sigma_W=1.5$ (width 64) the excess kurtosis grows from layer five to ten by the "
        r"factor for $\sigma_W=1$.",
        "reject",
        figure="fig-init-kurtosis",
    ),
    "gaussian-wide": Statement(
        "With Gaussian weights the output after a hidden layer of 256 nodes is Gaussian, with "
        "the variance of the recursion.",
        "within",
        figure="fig-init-cauchy",
        lecture="Weight matrix initialisation",
    ),
    "control-cauchy": Statement(
        "With Cauchy weights the output after a hidden layer of 256 nodes is Gaussian, with the "
        "quartiles of the Cauchy law.",
        "reject",
        figure="fig-init-cauchy",
    ),
    "cauchy-law": Statement(
        "With Cauchy weights the output after a hidden layer of 256 nodes follows the Cauchy "
        r"law of scale $\sigma_W\langle|\phi|\rangle$.",
        "within",
        figure="fig-init-cauchy",
    ),
    "initial-loss": Statement(
        "The mean loss of untrained networks on the training digits is the one that the "
        "recursion predicts.",
        "within",
        lecture="Weight matrix initialisation",
    ),
}

claim = partial(make_claim, "initialisation", CLAIMS)
