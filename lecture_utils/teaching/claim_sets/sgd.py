"""Claims of the page *SGD as a central limit theorem*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "gaussian-large-batch": Statement(
        r"At $|\mathcal B| = 128$ the gradient noise of the digits network is close to Gaussian.",
        "within",
        figure="fig-sgd-teaser",
        lecture="Stochastic weight matrix dynamics",
    ),
    "gaussian-single-sample": Statement(
        r"The gradient noise of a single image, $|\mathcal B| = 1$, is Gaussian.",
        "reject",
        figure="fig-sgd-teaser",
    ),
    "variance-with-replacement": Statement(
        r"With replacement the variance of a batch gradient is $V/|\mathcal B|$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "variance-without-replacement": Statement(
        r"Without replacement the variance is $V/|\mathcal B|$ times $(D-|\mathcal B|)/(D-1)$.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "variance-wrong-rule": Statement(
        r"Batches without replacement follow $V/|\mathcal B|$.",
        "reject",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "skewness-slope-digits": Statement(
        "The skewness of the batch gradient (digits) falls with the power $-0.5$ of the batch "
        "size.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "kurtosis-slope-digits": Statement(
        "The kurtosis of the batch gradient (digits) falls with the power $-1$ of the batch size.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "skewness-slope-student": Statement(
        "The skewness of the batch gradient (student) falls with the power $-0.5$ of the batch "
        "size.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "kurtosis-slope-student": Statement(
        "The kurtosis of the batch gradient (student) falls with the power $-1$ of the batch size.",
        figure="fig-sgd-cumulants",
        lecture="Stochastic weight matrix dynamics",
    ),
    "stable-slope": Statement(
        "Means of a stable law with $a=3/2$ narrow as $B^{-1/3}$.", figure="fig-sgd-heavy"
    ),
    "cauchy-slope": Statement(
        "Means of Cauchy variables do not narrow at all.", figure="fig-sgd-heavy"
    ),
    "cauchy-clt": Statement(
        r"Means of Cauchy variables narrow as $|\mathcal B|^{-1/2}$.",
        "reject",
        figure="fig-sgd-heavy",
    ),
    "marchenko-pastur": Statement(
        "The whitened batch gradients have the Marchenko-Pastur spectrum: $V$ is their whole "
        "covariance.",
        "within",
        figure="fig-sgd-mp",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-whitening": Statement(
        "Dividing each weight's noise by its own standard deviation whitens it: the spectrum is "
        "Marchenko-Pastur.",
        "reject",
        figure="fig-sgd-mp",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-loss": Statement(
        "The Gaussian surrogate with the full $V$ reproduces the final training loss of real SGD.",
        "within",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-loss": Statement(
        "Noise with the diagonal of $V$ alone reproduces the final training loss.",
        "reject",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-scatter": Statement(
        "The Gaussian surrogate with the full $V$ reproduces the scatter of the weights of real "
        "SGD.",
        "within",
        figure="fig-sgd-surrogate",
        lecture="Stochastic weight matrix dynamics",
    ),
    "diagonal-scatter": Statement(
        "Noise with the diagonal of $V$ alone reproduces the scatter of the weights.",
        "reject",
        figure="fig-sgd-surrogate",
        lecture="Stochastic weight matrix dynamics",
    ),
    "surrogate-one-step": Statement(
        r"One step with $|\mathcal B|=1$ is described by the Gaussian surrogate.",
        "reject",
        figure="fig-sgd-surrogate",
    ),
    "surrogate-many-steps": Statement(
        r"After 32 steps with $|\mathcal B|=1$ the Gaussian surrogate describes the runs: the "
        "theorem has acted in time.",
        "within",
        figure="fig-sgd-surrogate",
    ),
    "quadratic-exact": Statement(
        r"Real SGD at $\alpha\Omega=0.5$, $|\mathcal B|=4$ has the exact stationary variance.",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-constant": Statement(
        "With noise of constant strength the constant-noise formula is exact.",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-leading-control": Statement(
        "Real SGD has the leading-order variance at this step.",
        "reject",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "quadratic-constant-control": Statement(
        "Real SGD has the constant-noise variance at this step.",
        "reject",
        figure="fig-sgd-quadratic",
        lecture="Stationary distribution",
    ),
    "tail-exponent": Statement(
        r"Near the threshold ($\alpha\Omega=1.2$) the weights have Kesten's power tail.",
        "within",
        figure="fig-sgd-tails",
    ),
    "tail-constant-noise": Statement(
        "Noise of constant strength has the same tail.", "reject", figure="fig-sgd-tails"
    ),
    "epoch-exact": Statement(
        "At the end of an epoch of reshuffled batches the variance is the exact one.",
        figure="fig-sgd-epoch",
    ),
    "epoch-independent": Statement(
        "Reshuffled batches act as independent ones.", "reject", figure="fig-sgd-epoch"
    ),
    "linear-scaling": Statement(
        r"The scatter of the digits weights depends on $\alpha/|\mathcal B|$ alone at small "
        "steps: $a+b=0$.",
        "within",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "square-root-scaling": Statement(
        r"The scatter depends on the kick of one step, $\alpha/\sqrt{|\mathcal B|}$: $a+2b=0$.",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "learning-rate-alone": Statement(
        r"The scatter depends on $\alpha$ alone: $b=0$.",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "test-error-collapse": Statement(
        r"At fixed $\alpha/|\mathcal B|$ doubling $\alpha$ changes the test error by less than "
        "one test image.",
        "within",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "test-error-fixed-batch": Statement(
        r"At $|\mathcal B|=4$ doubling $\alpha$ changes the test error by less than one image "
        "(ends of the stable range).",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
    "scaling-breaks": Statement(
        r"At equal $\alpha/|\mathcal B|$, $\alpha=0.4$ with $|\mathcal B|=64$ scatters as "
        r"$\alpha=0.025$ with $|\mathcal B|=4$ (ratio 1).",
        "reject",
        figure="fig-sgd-scaling",
        lecture="Linear scaling relation",
    ),
}

claim = partial(make_claim, "sgd", CLAIMS)
