"""Claims of the page *SGD as a central limit theorem*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "gaussian-large-batch": Statement(
        r"At $|\mathcal B|=128$ the gradient noise of the digits network, along its strongest "
        "direction, is within $D=0.03$ of Gaussian.",
        "within",
        figure="fig-sgd-teaser",
        lecture="Stochastic weight matrix dynamics",
    ),
    "gaussian-single-sample": Statement(
        r"At $|\mathcal B|=1$ the gradient noise of the digits network, along its strongest "
        "direction, is within $D=0.03$ of Gaussian.",
        "reject",
        figure="fig-sgd-teaser",
    ),
    "variance-with-replacement": Statement(
        r"With replacement the variance of a batch gradient is $V/|\mathcal B|$ (mean over ten "
        "sizes and two networks).",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "variance-without-replacement": Statement(
        r"Without replacement the variance of a batch gradient is $\frac V{|\mathcal "
        r"B|}\frac{D-|\mathcal B|}{D-1}$ (mean over ten sizes and two networks).",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "variance-wrong-rule": Statement(
        r"Without replacement the variance of a batch gradient is $V/|\mathcal B|$ (mean over "
        "ten sizes and two networks).",
        "reject",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "skewness-slope-digits": Statement(
        r"The skewness of the digits' batch gradient falls as $|\mathcal B|^{-1/2}$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "kurtosis-slope-digits": Statement(
        r"The excess kurtosis of the digits' batch gradient falls as $|\mathcal B|^{-1}$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "skewness-slope-student": Statement(
        r"The skewness of the student's batch gradient falls as $|\mathcal B|^{-1/2}$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "kurtosis-slope-student": Statement(
        r"The excess kurtosis of the student's batch gradient falls as $|\mathcal B|^{-1}$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "stable-slope": Statement(
        "The quartile distance of means of $B$ variables of a stable law with $a=3/2$ falls as "
        "$B^{-1/3}$.",
        figure="fig-sgd-heavy",
    ),
    "cauchy-slope": Statement(
        "The quartile distance of means of $B$ Cauchy variables does not fall at all: slope zero.",
        figure="fig-sgd-heavy",
    ),
    "cauchy-clt": Statement(
        "The quartile distance of means of $B$ Cauchy variables falls as $B^{-1/2}$.",
        "reject",
        figure="fig-sgd-heavy",
    ),
    "marchenko-pastur": Statement(
        "Batch gradients whitened with the matrix root of $V$ have the Marchenko-Pastur "
        "spectrum: $V$ is their whole covariance.",
        "within",
        figure="fig-sgd-mp",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-whitening": Statement(
        "Batch gradients of which each weight is divided by its own standard deviation have the "
        "Marchenko-Pastur spectrum.",
        "reject",
        figure="fig-sgd-mp",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-loss": Statement(
        "Gaussian noise with the full $V$ gives the final training losses of real SGD, to $D=0.1$.",
        "within",
        figure="",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-loss": Statement(
        "Gaussian noise with the diagonal of $V$ alone gives the final training losses of real "
        "SGD, to $D=0.1$.",
        "reject",
        figure="",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-scatter": Statement(
        "Gaussian noise with the full $V$ gives the scatter of the trained weights of real SGD, "
        "to $D=0.1$.",
        "within",
        figure="fig-sgd-surrogate",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-scatter": Statement(
        "Gaussian noise with the diagonal of $V$ alone gives the scatter of the trained weights "
        "of real SGD, to $D=0.1$.",
        "reject",
        figure="fig-sgd-surrogate",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-one-step": Statement(
        r"After one step with $|\mathcal B|=1$ real SGD and its Gaussian surrogate are "
        "distributed alike along the initial gradient, to $D=0.1$.",
        "reject",
        figure="fig-sgd-surrogate",
    ),
    "surrogate-many-steps": Statement(
        r"After 32 steps with $|\mathcal B|=1$ real SGD and its Gaussian surrogate are "
        "distributed alike along the initial gradient, to $D=0.1$.",
        "within",
        figure="fig-sgd-surrogate",
    ),
    "quadratic-exact": Statement(
        r"On the quadratic, real SGD at $\alpha\Omega=0.5$, $|\mathcal B|=4$ has the exact "
        "stationary variance.",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-constant": Statement(
        r"On the quadratic at $\alpha\Omega=0.5$, $|\mathcal B|=4$, noise of constant strength "
        "leads to the constant-noise variance.",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-leading-control": Statement(
        r"On the quadratic, real SGD at $\alpha\Omega=0.5$, $|\mathcal B|=4$ has the "
        "leading-order variance.",
        "reject",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-constant-control": Statement(
        r"On the quadratic, real SGD at $\alpha\Omega=0.5$, $|\mathcal B|=4$ has the "
        "constant-noise variance.",
        "reject",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "tail-exponent": Statement(
        r"Near the threshold ($\alpha\Omega=1.2$, $|\mathcal B|=4$) the tail of the weights has "
        "Kesten's exponent, to 15 %.",
        "within",
        figure="fig-sgd-tails",
    ),
    "tail-constant-noise": Statement(
        r"With noise of constant strength at $\alpha\Omega=1.2$, $|\mathcal B|=4$ the tail of "
        "the weights has Kesten's exponent, to 15 %.",
        "reject",
        figure="fig-sgd-tails",
    ),
    "epoch-exact": Statement(
        "At the end of an epoch of reshuffled batches the variance of the weight is the exact one.",
        figure="fig-sgd-epoch",
    ),
    "epoch-independent": Statement(
        "At the end of an epoch of reshuffled batches the variance of the weight is that of "
        "independent batches.",
        "reject",
        figure="fig-sgd-epoch",
    ),
    "linear-scaling": Statement(
        r"At small steps the scatter of the digits weights, $\alpha^a|\mathcal B|^b$, depends on "
        r"$\alpha/|\mathcal B|$ alone: $a+b=0$.",
        "within",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "square-root-scaling": Statement(
        r"At small steps the scatter of the digits weights, $\alpha^a|\mathcal B|^b$, depends on "
        r"$\alpha/\sqrt{|\mathcal B|}$ alone: $a+2b=0$.",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "learning-rate-alone": Statement(
        r"At small steps the scatter of the digits weights, $\alpha^a|\mathcal B|^b$, depends on "
        r"$\alpha$ alone: $b=0$.",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "test-error-collapse": Statement(
        r"At fixed $\alpha/|\mathcal B|$ and stable steps doubling $\alpha$ changes the test "
        "error by less than one test image.",
        "within",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "test-error-fixed-batch": Statement(
        r"At $|\mathcal B|=4$ doubling $\alpha$ changes the test error by less than one test "
        "image (between the ends of the stable range).",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "scaling-breaks": Statement(
        r"At equal $\alpha/|\mathcal B|$ runs with $\alpha=0.4$, $|\mathcal B|=64$ scatter as "
        r"those with $\alpha=0.025$, $|\mathcal B|=4$, to 20 %.",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
}

claim = partial(make_claim, "sgd", CLAIMS)
