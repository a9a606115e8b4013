"""Claims of the page *Random matrix theory*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "universal-spacings": Statement(
        "Sign matrices, Wishart matrices and a lattice operator share one law of spacings.",
        "within",
        figure="fig-rm-teaser",
        lecture="Random Matrix Theory (RMT)",
    ),
    "two-levels-beta-1": Statement(
        r"The spacing of two levels is $\sqrt2\sigma\chi_{2}$ for $\beta = 1$.",
        figure="fig-rm-two-levels",
        lecture="Wigner surmise",
    ),
    "two-levels-beta-2": Statement(
        r"The spacing of two levels is $\sqrt2\sigma\chi_{3}$ for $\beta = 2$.",
        figure="fig-rm-two-levels",
    ),
    "two-levels-beta-4": Statement(
        r"The spacing of two levels is $\sqrt2\sigma\chi_{5}$ for $\beta = 4$.",
        figure="fig-rm-two-levels",
    ),
    "half-diagonal": Statement(
        "A sampler with half the diagonal variance gives the exact spacing law.", "reject"
    ),
    "two-level-density": Statement(
        "One of two levels follows the density with the error function.",
        figure="fig-rm-two-density",
        lecture="Wigner semi-circle",
    ),
    "two-levels-no-semicircle": Statement(
        "The two-level density is a semicircle.", "reject", figure="fig-rm-two-density"
    ),
    "binder-2": Statement("$U_4 = -4/27$ for two levels.", lecture="Wigner semi-circle"),
    "binder": Statement(
        "$U_4 = -(N-1)(N+2)/3(N+1)^2$ at all five sizes (largest deviation).",
        "within",
        lecture="Wigner semi-circle",
    ),
    "binder-label": Statement(
        "Two levels have the cumulant of the semicircle, $-1/3$.",
        "reject",
        lecture="Wigner semi-circle",
    ),
    "semicircle-50": Statement(
        "At fifty levels the density is the semicircle to one per cent.",
        "within",
        figure="fig-rm-semicircle",
        lecture="Wigner semi-circle",
    ),
    "semicircle-correction": Statement(
        "Half-way to the edge the correction at twenty levels is the predicted one, to a quarter "
        "of it.",
        "within",
        figure="fig-rm-semicircle",
    ),
    "semicircle-not-5": Statement(
        "The density of five levels is a semicircle.", "reject", figure="fig-rm-semicircle"
    ),
    "gaudin": Statement(
        "Central spacings of large real symmetric matrices follow Gaudin's law.",
        "within",
        lecture="Wigner surmise",
    ),
    "surmise-error": Statement(
        r"The surmise is within one per cent of the exact distribution ($\beta = 1$).",
        figure="fig-rm-controls",
        lecture="Wigner surmise",
    ),
    "control-uncorrelated": Statement(
        "The spacings of the control “uncorrelated” are those of a random matrix.",
        "reject",
        figure="fig-rm-controls",
    ),
    "control-picket-fence": Statement(
        "The spacings of the control “picket fence” are those of a random matrix.",
        "reject",
        figure="fig-rm-controls",
    ),
    "unfold-ensemble": Statement(
        "Unfolded by the ensemble, even sixteen levels show the exact spacing law.",
        "within",
        figure="fig-rm-unfolding",
    ),
    "unfold-none": Statement(
        "Sixteen levels show the law without unfolding.", "reject", figure="fig-rm-unfolding"
    ),
    "unfold-polynomial": Statement(
        "A polynomial of seventh order, fitted to each spectrum, unfolds it.",
        "reject",
        figure="fig-rm-unfolding",
    ),
    "ratio": Statement(
        "The mean spacing ratio has its known value in all four cases (largest deviation).",
        "within",
    ),
    "ratio-control": Statement(
        "Real symmetric matrices have the spacing ratio of uncorrelated levels.", "reject"
    ),
    "rigidity": Statement(
        "In a window of four levels the number variance is the exact one in all three classes "
        "(largest deviation).",
        "within",
        figure="fig-rm-number-variance",
    ),
    "rigidity-control": Statement(
        "Uncorrelated levels are as rigid as those of real symmetric matrices.",
        "reject",
        figure="fig-rm-number-variance",
    ),
    "zeta-heights": Statement(
        "Zeros number 100, 1000 and 5000 are those of mpmath: none is missed on the way."
    ),
    "zeta-gue": Statement(
        "The spacings of Riemann zeros near one million are close to those of unitary random "
        r"matrices ($\beta = 2$).",
        "within",
        figure="fig-rm-zeta",
    ),
    "zeta-gue-low": Statement(
        "The spacings of the first ten thousand Riemann zeros are near those of unitary random "
        "matrices already.",
        "within",
    ),
    "zeta-not-goe": Statement(
        r"The spacings of Riemann zeros are those of real symmetric matrices ($\beta = 1$).",
        "reject",
        figure="fig-rm-zeta",
    ),
    "dirac": Statement(
        r"The lattice Dirac operator has the spacings of $\beta = 1$, 2 and 4 with links in "
        "$Z_2$, U(1) and SU(2) (largest distance).",
        "within",
        figure="fig-rm-dirac",
        lecture="Random Matrix Theory (RMT)",
    ),
    "dirac-wrong-class": Statement(
        r"The lattice Dirac operator with SU(2) links has $\beta = 2$.",
        "reject",
        figure="fig-rm-dirac",
    ),
    "anderson-metal": Statement(
        "The disordered lattice at w = 6 has the spacing ratio of GOE levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-field": Statement(
        "The disordered lattice at w = 6 in a magnetic field has the spacing ratio of GUE levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-insulator": Statement(
        "The disordered lattice at w = 80 has the spacing ratio of uncorrelated levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-control": Statement(
        "The levels of the insulator repel as those of random matrices.",
        "reject",
        figure="fig-rm-anderson",
    ),
    "coins-diagonal": Statement(
        "Diagonal matrices have the spacing ratio of random signs.", "reject"
    ),
}

claim = partial(make_claim, "random_matrices", CLAIMS)
