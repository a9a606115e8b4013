"""Claims of the page *From rectangular to symmetric: Marchenko-Pastur*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "newborn": Statement(
        "Before training the largest level of each network follows its law.", figure="fig-mp-teaser"
    ),
    "trained-rejected": Statement(
        "After training from small weights the largest level still follows its law.",
        "reject",
        figure="fig-mp-teaser",
        lecture="Transformer: spectral density",
    ),
    "trained-lazy": Statement(
        r"After training from $\sigma_W=1$ the levels still lie within the bound of the law at "
        "birth.",
        "within",
        figure="fig-mp-teaser",
    ),
    "svd": Statement(
        "The eigenvalues of $X=W^TW$ are the squared singular values of $W$.",
        lecture="From rectangular to symmetric matrices",
    ),
    "rotations": Statement(
        "Rotating $W$ from the left and from the right leaves all levels where they are.",
        lecture="From rectangular to symmetric matrices",
    ),
    "schur": Statement(
        "One diagonal element of the resolvent from the column left out: exact for each matrix."
    ),
    "resolvent": Statement(
        r"The resolvent of one $1600\times400$ matrix lies on the solution of the quadratic "
        "equation.",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "shapes": Statement(
        r"Gaussian matrices with $\sigma^2=1/M$ follow Marchenko-Pastur for every $r$ (worst of "
        "four).",
        "within",
        figure="fig-mp-shapes",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "atom": Statement("For $r=5/2$ the fraction of zero levels is the atom $1-1/r$ of the law."),
    "narayana": Statement(
        "The recursion gives the moments of the density, here by quadrature, up to the fifth."
    ),
    "second-moment-gaussian": Statement(
        r"$\langle x^2\rangle=1+r+(1+\kappa_4)/M$ for Gaussian entries at $64\times16$."
    ),
    "second-moment-uniform": Statement(
        r"$\langle x^2\rangle=1+r+(1+\kappa_4)/M$ for uniform entries at $64\times16$."
    ),
    "second-moment-sign": Statement(
        r"$\langle x^2\rangle=1+r+(1+\kappa_4)/M$ for sign entries at $64\times16$."
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
        r"Levels of $64\times16$ matrices with sign entries follow Marchenko-Pastur.",
        "within",
        figure="fig-mp-universal",
        lecture="Initialisation: Marchenko-Pastur distribution",
    ),
    "control-correlated": Statement(
        r"Levels of $64\times16$ matrices with correlated entries follow Marchenko-Pastur.",
        "reject",
        figure="fig-mp-universal",
    ),
    "control-cauchy": Statement(
        r"Levels of $64\times16$ matrices with Cauchy entries follow Marchenko-Pastur.",
        "reject",
        figure="fig-mp-universal",
    ),
    "tracy-widom": Statement(
        r"The largest level of $64\times16$ Gaussian matrices is close to Tracy-Widom, with "
        "nothing fitted.",
        "within",
        figure="fig-mp-edge",
    ),
    "control-independent": Statement(
        "The largest of independent levels with the same density is close to Tracy-Widom.",
        "reject",
        figure="fig-mp-edge",
    ),
    "leak": Statement(
        r"The fraction of levels above $x_+$ at $64\times16$ is the Tracy-Widom tail over $N$.",
        "within",
        figure="fig-mp-edge",
    ),
    "edge-not-yet-universal": Statement(
        r"The largest level of $64\times16$ matrices of $\pm1$ is close to Tracy-Widom.",
        "reject",
        figure="fig-mp-edge",
    ),
    "amplitude": Statement(
        r"With $k=4$ strong directions the other levels are those of $(M-k)\times(N-k)$ noise.",
        "within",
        figure="fig-mp-amplitude",
        lecture="Transformer: spectral density",
    ),
    "control-amplitude": Statement(
        "The other levels keep the $r$ and $v$ of the whole matrix: the amplitude alone is enough.",
        "reject",
        figure="fig-mp-amplitude",
    ),
    "frozen-small": Statement(
        r"From $\sigma_W=0.1$, where the spectrum leaves the law, freezing the first layer raises "
        "the training loss by less than a sixth.",
        "within",
    ),
    "frozen-large": Statement(
        r"From $\sigma_W=1$, where it stays, freezing raises the loss by less than a sixth, too.",
        "reject",
    ),
    "lazy-is-not-idle": Statement(
        r"At $\sigma_W=1$ training leaves the mean level of each network where it was at its "
        "birth (ratio 1).",
        "reject",
    ),
    "hard-edge": Statement(
        "The smallest level of a square matrix lies at $1/N^2$ and follows Edelman's law.", "within"
    ),
    "hard-edge-independent": Statement(
        "The smallest of independent levels follows Edelman's law.", "reject"
    ),
    "outlier": Statement(
        r"A planted direction of strength $\theta=1$ appears at "
        r"$(1+\theta^2)(r+\theta^2)/\theta^2$.",
        "within",
    ),
}

claim = partial(make_claim, "marchenko_pastur", CLAIMS)
