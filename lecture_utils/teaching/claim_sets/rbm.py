"""Claims of the page *Restricted Boltzmann machines*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "sigma": Statement(
        r"The $\sigma_i^2$ of each of the four pairs is the predicted one, on average over six "
        r"settings with $\alpha/|\mathcal B|\leq1/800$.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "marchenko-pastur": Statement(
        "At the start the levels of $WW^T$ follow the Marchenko-Pastur law.",
        "within",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "marchenko-pastur-end": Statement(
        "At the end of training the levels of $WW^T$ follow a Marchenko-Pastur law of the same "
        "mean.",
        "reject",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "flow": Statement(
        "With exact gradients and aligned weights all ten levels follow the closed form of the "
        "flow, to one per cent of the largest.",
        "within",
    ),
    "infrared-first": Statement(
        "From random weights the mean modes reach half of their targets in the order infrared "
        "to ultraviolet.",
        figure="fig-rbm-flow",
        lecture="Dynamics of learning",
    ),
    "delay": Statement(
        "With exact gradients, without noise, random weights reach half of each target as late "
        "as in real training, to 10 %.",
        "within",
        figure="fig-rbm-flow",
    ),
    "delay-overlap": Statement(
        "Without noise, weights with orthogonal rows of the same lengths reach half of each "
        "target as late as in real training, to 10 %.",
        "reject",
        figure="fig-rbm-flow",
    ),
    "forgets-its-start": Statement(
        "Machines that start from random weights and from the target end with the same ten "
        "levels (largest distance of the ten).",
        "within",
        figure="fig-rbm-flow",
    ),
    "published": Statement(
        "The 24 mean spacings of the shipped runs agree with the published ones within three "
        "errors, five per cent granted to the latter.",
        "within",
        figure="fig-rbm-repulsion",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "shipped": Statement(
        "The 40 mean spacings of this page agree with those of the shipped runs.",
        figure="fig-rbm-repulsion",
    ),
    "exponent": Statement(
        r"At $\alpha=0.5$ the $\sigma_i^2$, over its factor for memory and step, grows as the "
        r"first power of $\alpha x_i/|\mathcal B|$.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "slope": Statement(
        r"In the six colder settings the $\sigma_i^2$, over its factor for memory and step, is "
        r"$2\,\alpha x_i/|\mathcal B|$.",
        "within",
        figure="fig-rbm-teaser",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "memory-and-step": Statement(
        r"At $\alpha=1.28$ the $\sigma_i^2$ of all four pairs is that with memory and finite "
        "step, to 5 %.",
        "within",
        figure="fig-rbm-sigma",
    ),
    "leading-order": Statement(
        r"At $\alpha=1.28$ the $\sigma_i^2$ of all four pairs is that of leading order, "
        r"$2x_i\alpha/|\mathcal B|$, to 5 %.",
        "reject",
        figure="fig-rbm-sigma",
    ),
    "batches": Statement(
        r"With fresh batches of data $\sigma_i^2$ is that of both noises, of data and of chains, "
        "to 5 % (four pairs).",
        "within",
        figure="",
        lecture="Learning task",
    ),
    "chains-only": Statement(
        r"With fresh batches of data $\sigma_i^2$ is that of the noise of the chains alone, to 5 "
        "% (four pairs).",
        "reject",
        figure="",
        lecture="Learning task",
    ),
    "plain": Statement(
        "The plain algorithm of this page gives the spacings of the module (60 machines, four "
        "pairs).",
        "within",
        figure="",
    ),
    "surmise": Statement(
        "In the six colder settings the spacings of all four pairs follow the Wigner surmise.",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "surmise-hot": Statement(
        "In the four hotter settings, which are published, the spacings of all four pairs "
        "follow the Wigner surmise.",
        "within",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "surmise-full": Statement(
        "In the shipped runs all forty distribution functions of spacings are within 0.03 of "
        "that of the surmise.",
        "within",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise: 4 degenerate pairs",
    ),
    "not-a-pair": Statement(
        "The spacing between the single infrared level and its neighbour, which are no pair, "
        "follows the surmise.",
        "reject",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise",
    ),
    "uncorrelated-levels": Statement(
        "The distance of two levels of pair 2 from different machines follows the surmise, in "
        "units of its mean.",
        "reject",
        figure="fig-rbm-surmise",
        lecture="Wigner surmise",
    ),
    "two-level-density": Statement(
        r"Levels of pair 2 follow the two-level density with the predicted $\sigma$ "
        r"($\alpha=0.5$, $|\mathcal B|=400$).",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant": Statement(
        "In the six colder settings $U_4=-4/27$ for all four pairs, to 20 %.",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant-full": Statement(
        r"In the shipped runs with $T\leq1/3200$ all four pairs have $U_4=-4/27$.",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle",
    ),
    "cumulant-gaussian": Statement(
        "The levels of pair 1 have the cumulant of a Gaussian, $U_4=0$.",
        "reject",
        lecture="Wigner semi-circle",
    ),
    "sigma-twice": Statement(
        r"In the six colder settings the $\sigma$ fitted to the density is that of the spacings, "
        "to 5 %, for all four pairs.",
        "within",
        figure="fig-rbm-density",
        lecture="Wigner semi-circle and surmise",
    ),
    "squeeze": Statement(
        "At $T=1/800$ sorted spacings are squeezed by the Gaussian formula plus the measured "
        "third cumulants, to a quarter, for each pair.",
        "within",
        figure="fig-rbm-bend",
    ),
    "squeeze-gaussian": Statement(
        "At $T=1/800$ the sorted spacings of pairs 3 and 4 are squeezed by the Gaussian formula "
        "alone, to a quarter.",
        "reject",
        figure="fig-rbm-bend",
    ),
    "shifts": Statement(
        "In the shipped runs up to $T=1/640$ the means of pairs 2 to 4 are shifted as "
        "predicted, to 5 %.",
        "within",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "shifts-diagonal": Statement(
        "The diagonal elements of all four pairs, which no neighbour pushes, are shifted as "
        "predicted, to 10 % (six colder settings).",
        "within",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "block-displaced": Statement(
        r"In the shipped runs with $0.0025\leq T<0.008$ the $\sigma_i^2$ of blocks is that of "
        "the displaced element, to 2 %.",
        "within",
        figure="",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "block-target": Statement(
        r"In the shipped runs with $0.0025\leq T<0.008$ the $\sigma_i^2$ of blocks is that of "
        "the target, to 2 %.",
        "reject",
        figure="",
        lecture="RBM: Wigner surmise and semi-circle",
    ),
    "no-shift": Statement(
        "In the shipped runs up to $T=1/640$ the mean of pair 4 is not shifted from its target.",
        "reject",
        figure="fig-rbm-bend",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-positions": Statement(
        "The corrected equation for ten levels puts each of them where training does (largest "
        "distance of the ten).",
        "within",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-spacings": Statement(
        "The equation for ten levels, with and without the two terms, gives all four pairs the "
        "spacings of training (largest distance).",
        "within",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "dyson-uncorrected": Statement(
        "The equation for ten levels without the two terms puts the lowest one where training "
        "does.",
        "reject",
        figure="fig-rbm-dyson",
        lecture="Eigenvalue repulsion",
    ),
    "rice": Statement(
        "Machines that share a finite data set have Rice's block spacings in all four pairs "
        "(largest distance).",
        "within",
        figure="fig-rbm-data",
    ),
    "rice-surmise": Statement(
        "Machines that share a finite data set have block spacings that follow the surmise in "
        "all four pairs.",
        "reject",
        figure="fig-rbm-data",
        lecture="Wigner surmise",
    ),
    "own-surmise": Statement(
        "Machines with a finite data set each have block spacings that follow the surmise, in "
        "all pairs and at three $T$.",
        "within",
    ),
    "own-data": Statement(
        r"With a finite data set for each machine $\sigma_i^2$ is larger by "
        r"$2\kappa_i^2/|\mathcal D|$: the sum, to 15 %, for all pairs and three $T$.",
        "within",
        figure="fig-rbm-data",
    ),
    "entropy-noise": Statement(
        "With exact data the relative entropy from the truth is the noise term, to 5 %, at "
        "three $T$.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "entropy-truth": Statement(
        "With finite data the relative entropy from the truth is the noise term plus that of "
        "the data, to 5 %, at three $T$.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "entropy-fit": Statement(
        "With finite data the relative entropy from the data is the noise term alone, to 5 %, "
        "at three $T$.",
        "within",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
    "noise-regularises": Statement(
        "At $T=1/800$ machines are as close to the truth as the best fit to their finite data, "
        "to 5 %.",
        "reject",
        figure="fig-rbm-data",
        lecture="Eigenvalue repulsion",
    ),
}

claim = partial(make_claim, "rbm", CLAIMS)
