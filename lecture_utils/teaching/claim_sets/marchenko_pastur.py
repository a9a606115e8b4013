"""Claims of the page *From rectangular to symmetric: Marchenko-Pastur*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "newborn": Statement(
        r"Before training ($\sigma_W=0.1$) the largest levels of the first layers of forty "
        "networks follow the Tracy-Widom law.",
        "within",
        figure="fig-mp-teaser",
    ),
    "trained-rejected": Statement(
        r"After training from $\sigma_W=0.1$ the largest levels of the first layers of forty "
        "networks still follow the Tracy-Widom law at birth.",
        "reject",
        figure="fig-mp-teaser",
        lecture="Transformer: spectral density",
    ),
    "trained-lazy": Statement(
        r"After training from $\sigma_W=1$ the levels of the first layers still lie within "
        "$D=0.03$ of the Marchenko-Pastur law at birth.",
        "within",
        figure="fig-mp-teaser",
    ),
    "svd": Statement(
        r"The eigenvalues of $X=W^TW$ are the squared singular values of $W$ (one $64\times16$ "
        "matrix).",
        lecture="From rectangular to symmetric matrices",
    ),
    "rotations": Statement(
        "Rotating $W$ from the left and from the right leaves all levels of $W^TW$ where they are.",
        lecture="From rectangular to symmetric matrices",
    ),
    "schur": Statement(
        "A diagonal element of the resolvent of $W^TW$ is exactly $1/z(1-w^TRw)$, with the "
        "column $w$ left out."
    ),
    "resolvent": Statement(
        r"The resolvent of one $1600\times400$ matrix lies on the solution of the quadratic "
        "equation, to five per cent.",
        "within",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "shapes": Statement(
        r"Levels of Gaussian matrices with $N=100$ and $\sigma^2=1/M$ follow Marchenko-Pastur "
        "for four $r$ (largest distance of the four).",
        "within",
        figure="fig-mp-shapes",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "atom": Statement(
        r"For $r=5/2$ (one $100\times250$ matrix) the fraction of zero levels is the atom "
        "$1-1/r$ of the law."
    ),
    "narayana": Statement(
        "At $r=0.4$ the recursion gives the moments of the Marchenko-Pastur density, here by "
        "quadrature, up to the fifth."
    ),
    "second-moment-gaussian": Statement(
        r"$64\times16$ matrices with Gaussian entries, $\kappa_4=0$, have $\langle "
        r"x^2\rangle=1+r+(1+\kappa_4)/M$."
    ),
    "second-moment-uniform": Statement(
        r"$64\times16$ matrices with uniform entries, $\kappa_4=-6/5$, have $\langle "
        r"x^2\rangle=1+r+(1+\kappa_4)/M$."
    ),
    "second-moment-sign": Statement(
        r"$64\times16$ matrices with entries $\pm1$, $\kappa_4=-2$, have $\langle "
        r"x^2\rangle=1+r+(1+\kappa_4)/M$."
    ),
    "universal-gaussian": Statement(
        r"Levels of $64\times16$ matrices with Gaussian entries follow Marchenko-Pastur.",
        "within",
        figure="fig-mp-universal",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "universal-uniform": Statement(
        r"Levels of $64\times16$ matrices with uniform entries follow Marchenko-Pastur.",
        "within",
        figure="fig-mp-universal",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "universal-sign": Statement(
        r"Levels of $64\times16$ matrices with entries $\pm1$ follow Marchenko-Pastur.",
        "within",
        figure="fig-mp-universal",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "control-correlated": Statement(
        r"Levels of $64\times16$ matrices whose columns are correlated chains follow "
        "Marchenko-Pastur.",
        "reject",
        figure="fig-mp-universal",
    ),
    "control-cauchy": Statement(
        r"Levels of $64\times16$ matrices with Cauchy entries follow Marchenko-Pastur.",
        "reject",
        figure="fig-mp-universal",
    ),
    "tracy-widom": Statement(
        r"The largest level of $64\times16$ Gaussian matrices is within $D=0.03$ of Tracy-Widom, "
        "with nothing fitted.",
        "within",
        figure="fig-mp-edge",
    ),
    "control-independent": Statement(
        r"The largest of sixteen independent levels with the density of $64\times16$ matrices is "
        "within $D=0.03$ of Tracy-Widom.",
        "reject",
        figure="fig-mp-edge",
    ),
    "leak": Statement(
        r"The fraction of the levels of $64\times16$ Gaussian matrices above $x_+$ is the "
        "Tracy-Widom tail over $N$.",
        "within",
        figure="fig-mp-edge",
    ),
    "edge-not-yet-universal": Statement(
        r"The largest level of $64\times16$ matrices with entries $\pm1$ is within $D=0.03$ of "
        "Tracy-Widom.",
        "reject",
        figure="fig-mp-edge",
    ),
    "amplitude": Statement(
        r"With $k=4$ strong directions planted in $64\times16$ noise the other levels follow the "
        r"law of $(M-k)\times(N-k)$ noise.",
        "within",
        figure="fig-mp-amplitude",
        lecture="Transformer: spectral density",
    ),
    "control-amplitude": Statement(
        r"With $k=4$ strong directions planted in $64\times16$ noise the other levels keep the "
        "law of the whole matrix, its $r$ and $v$.",
        "reject",
        figure="fig-mp-amplitude",
    ),
    "frozen-small": Statement(
        r"From $\sigma_W=0.1$, where the spectrum leaves the law, freezing the first layer "
        "changes the final training loss by less than a sixth.",
        "within",
    ),
    "frozen-large": Statement(
        r"From $\sigma_W=1$, where the spectrum stays inside the law, freezing the first layer "
        "changes the final training loss by less than a sixth.",
        "reject",
    ),
    "lazy-is-not-idle": Statement(
        r"Training from $\sigma_W=1$ leaves the mean level of each first layer where it was at "
        "birth (mean ratio 1, to 0.5 %).",
        "reject",
    ),
    "hard-edge": Statement(
        r"The smallest level of a square $32\times32$ matrix, times $N^2$, follows Edelman's "
        "law.",
        "within",
    ),
    "hard-edge-independent": Statement(
        "The smallest of 32 independent levels with the Marchenko-Pastur density at $r=1$, "
        "times $N^2$, follows Edelman's law.",
        "reject",
    ),
    "outlier": Statement(
        r"A direction of strength $\theta=1$ planted in $400\times100$ noise puts the largest "
        r"level at $(1+\theta^2)(r+\theta^2)/\theta^2$.",
        "within",
    ),
}

claim = partial(make_claim, "marchenko_pastur", CLAIMS)
