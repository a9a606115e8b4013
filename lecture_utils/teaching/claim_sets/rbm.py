"""Claims of the page *Restricted Boltzmann machines*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "sigma": Statement(
        r"At $\alpha/|\mathcal B|\leq1.25\cdot10^{-3}$ the $\sigma_i^2$ of each pair, averaged "
        "over settings, is the predicted one.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "marchenko-pastur": Statement(
        "At the start the levels follow Marchenko and Pastur's law.",
        "within",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "marchenko-pastur-end": Statement(
        "At the end the levels follow Marchenko and Pastur's law.",
        "reject",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "flow": Statement("Exact gradients follow the closed form of the flow.", "within"),
    "infrared-first": Statement(
        "From random weights the mean modes reach half of their targets in the order infrared to "
        "ultraviolet.",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "delay": Statement(
        "Without any noise, random weights are as late as in training.",
        "within",
        figure="fig-rbm-flow",
    ),
    "delay-overlap": Statement(
        "They are as late if the rows for different modes start orthogonal, with the same lengths.",
        "reject",
        figure="fig-rbm-flow",
    ),
    "forgets-its-start": Statement(
        "From Marchenko-Pastur and from the target one gets the same ten levels.",
        "within",
        figure="fig-rbm-flow",
    ),
    "published": Statement(
        "At full statistics all mean spacings agree with the published ones within three errors.",
        "within",
        figure="fig-rbm-repulsion",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "shipped": Statement(
        "The runs of this page agree with those at full statistics.", figure="fig-rbm-repulsion"
    ),
    "exponent": Statement(
        r"$\sigma_i^2$ over its factor is proportional to $\alpha x_i/|\mathcal B|$: exponent 1.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "slope": Statement(
        "The slope of the common line is 2.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "memory-and-step": Statement(
        r"At $\alpha=1.28$ all four $\sigma_i^2$ are those with memory and finite step.",
        "within",
        figure="fig-rbm-sigma",
    ),
    "leading-order": Statement(
        r"At $\alpha=1.28$ all four are $2x_i\alpha/|\mathcal B|$.",
        "reject",
        figure="fig-rbm-sigma",
    ),
    "batches": Statement(
        r"With fresh batches of data $\sigma_i^2$ is that of both noises.",
        "within",
        lecture="Learning task",
    ),
    "chains-only": Statement(
        r"With fresh batches of data $\sigma_i^2$ is that of chains alone.",
        "reject",
        lecture="Learning task",
    ),
    "plain": Statement("The plain algorithm has the spacings of the module.", "within"),
    "surmise": Statement(
        "Spacings of all pairs in the six colder settings follow the Wigner surmise.",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "surmise-hot": Statement(
        "So do spacings in four of the published settings.",
        "within",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "surmise-full": Statement(
        "At full statistics all forty distribution functions stay close to that of the surmise.",
        "within",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "not-a-pair": Statement(
        "Two levels that are not degenerate (the single infrared mode and its neighbour) follow "
        "the surmise.",
        "reject",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise",
    ),
    "uncorrelated-levels": Statement(
        "Levels of pair 2 from two different machines follow the surmise.",
        "reject",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise",
    ),
    "two-level-density": Statement(
        r"Levels of a pair follow the two-level density with the predicted $\sigma$.",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant": Statement(
        "$U_4$ stays close to $-4/27$ for all pairs in the six colder settings.",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant-full": Statement(
        r"At full statistics and $T\leq1/3200$ it is $-4/27$ for all pairs.",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant-gaussian": Statement(
        "The cumulant is that of a Gaussian, zero.", "reject", lecture="Wigner semi-circle"
    ),
    "sigma-twice": Statement(
        r"$\sigma$ of the density is $\sigma$ of the spacings, everywhere.",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle and surmise",
    ),
    "squeeze": Statement(
        "At $T=1/800$ the squeeze is the formula plus the measured third cumulants, for each pair.",
        "within",
        figure="fig-rbm-bend",
    ),
    "squeeze-gaussian": Statement(
        "The formula for Gaussian elements is enough for pairs 3 and 4.",
        "reject",
        figure="fig-rbm-bend",
    ),
    "shifts": Statement(
        "Up to $T=1/640$ pairs 2 to 4 are shifted as predicted.",
        "within",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "shifts-diagonal": Statement(
        "The diagonal elements, which no neighbour pushes, are shifted as predicted in all four "
        "pairs.",
        "within",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "block-displaced": Statement(
        r"For $0.0025\leq T<0.01$ the $\sigma_i^2$ of blocks is that of the displaced element.",
        "within",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "block-target": Statement(
        r"For $0.0025\leq T<0.01$ the $\sigma_i^2$ of blocks is that of the target.",
        "reject",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "no-shift": Statement(
        "On average the levels of pair 4 are at their target.",
        "reject",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-positions": Statement(
        "The corrected equation has the positions of trained machines.",
        "within",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-spacings": Statement(
        "With and without the two terms one has the spacings of trained machines.",
        "within",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-uncorrected": Statement(
        "Without the two terms the lowest level is where training puts it.",
        "reject",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "rice": Statement(
        "Machines that share a finite data set have Rice's spacings, in all four pairs.",
        "within",
        figure="fig-rbm-data",
    ),
    "rice-surmise": Statement(
        "Machines that share a finite data set follow the surmise.",
        "reject",
        figure="fig-rbm-data",
        lecture="Wigner surmise",
    ),
    "own-surmise": Statement("With a data set each, blocks follow the surmise again.", "within"),
    "own-data": Statement(
        r"With a data set each, all $\sigma_i^2$ are larger by $2\kappa_i^2/|\mathcal D|$.",
        "within",
        figure="fig-rbm-data",
    ),
    "entropy-noise": Statement(
        "The relative entropy from the truth with exact data is the noise.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "entropy-truth": Statement(
        "The relative entropy from the truth is noise plus data.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "entropy-fit": Statement(
        "The relative entropy from the data is the noise.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "noise-regularises": Statement(
        "Machines with noise are as close to the truth as the best fit to their data.",
        "reject",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
}

claim = partial(make_claim, "rbm", CLAIMS)
