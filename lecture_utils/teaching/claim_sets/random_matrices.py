"""Claims of the page *Random matrix theory*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "universal-spacings": Statement(
        "Spacings of sign matrices, Wishart matrices and a lattice operator, taken together, "
        "follow the law of real symmetric matrices.",
        "within",
        figure="fig-rm-teaser",
        lecture="Random Matrix Theory (RMT)",
    ),
    "two-levels-beta-1": Statement(
        r"The spacing of two real symmetric levels ($\beta=1$) follows $\sqrt2\,\sigma\chi_2$.",
        figure="fig-rm-two-levels",
        lecture="Wigner surmise",
    ),
    "two-levels-beta-2": Statement(
        r"The spacing of two complex Hermitian levels ($\beta=2$) follows "
        r"$\sqrt2\,\sigma\chi_3$.",
        figure="fig-rm-two-levels",
    ),
    "two-levels-beta-4": Statement(
        r"The spacing of two quaternion levels ($\beta=4$) follows $\sqrt2\,\sigma\chi_5$.",
        figure="fig-rm-two-levels",
    ),
    "half-diagonal": Statement(
        "Two levels with half the variance on the diagonal have the spacing law "
        r"$\sqrt2\,\sigma\chi_2$.",
        "reject",
    ),
    "two-level-density": Statement(
        "One of two levels, picked at random, follows the density with the error function.",
        figure="fig-rm-two-density",
        lecture="Wigner semi-circle",
    ),
    "two-levels-no-semicircle": Statement(
        "One of two levels, picked at random, follows the semicircle of the same variance.",
        "reject",
        figure="fig-rm-two-density",
    ),
    "binder-2": Statement(
        "Two levels of a real symmetric Gaussian matrix have $U_4=-4/27$.",
        lecture="Wigner semi-circle",
    ),
    "binder": Statement(
        "$U_4=-(N-1)(N+2)/3(N+1)^2$ for five $N$ from 2 to 50 (largest deviation).",
        "within",
        lecture="Wigner semi-circle",
    ),
    "binder-label": Statement(
        "Two levels of a real symmetric Gaussian matrix have the cumulant of the semicircle, "
        "$U_4=-1/3$.",
        "reject",
        lecture="Wigner semi-circle",
    ),
    "semicircle-50": Statement(
        "The density of fifty levels is the semicircle, to $D=0.01$.",
        "within",
        figure="fig-rm-semicircle",
        lecture="Wigner semi-circle",
    ),
    "semicircle-correction": Statement(
        "At twenty levels and $x=-R/2$ the distribution function differs from the semicircle's "
        "by the first correction, to a quarter of it.",
        "within",
        figure="fig-rm-semicircle",
    ),
    "semicircle-not-5": Statement(
        "The density of five levels is the semicircle, to $D=0.01$.",
        "reject",
        figure="fig-rm-semicircle",
    ),
    "gaudin": Statement(
        r"Central spacings of real symmetric $60\times60$ matrices follow Gaudin's law for "
        r"$\beta=1$.",
        "within",
        lecture="Wigner surmise",
    ),
    "surmise-error": Statement(
        "The distribution functions of the surmise and of Gaudin's law differ by at most 0.01 "
        r"($\beta=1$).",
        "within",
        figure="fig-rm-controls",
        lecture="Wigner surmise",
    ),
    "control-uncorrelated": Statement(
        "The spacings of uncorrelated levels follow the law of large real symmetric matrices.",
        "reject",
        figure="fig-rm-controls",
    ),
    "control-picket-fence": Statement(
        "The spacings of a jittered picket fence follow the law of large real symmetric matrices.",
        "reject",
        figure="fig-rm-controls",
    ),
    "unfold-ensemble": Statement(
        r"Unfolded by the ensemble, the sixteen levels of $64\times16$ matrices have Gaudin's "
        "spacings, to $D=0.015$.",
        "within",
        figure="fig-rm-unfolding",
    ),
    "unfold-none": Statement(
        r"Without unfolding, the sixteen levels of $64\times16$ matrices have Gaudin's spacings, "
        "to $D=0.015$.",
        "reject",
        figure="fig-rm-unfolding",
    ),
    "unfold-polynomial": Statement(
        r"Unfolded by a polynomial of seventh order, the sixteen levels of $64\times16$ matrices "
        "have Gaudin's spacings, to $D=0.015$.",
        "reject",
        figure="fig-rm-unfolding",
    ),
    "ratio": Statement(
        "The mean spacing ratio of uncorrelated, GOE, GUE and GSE levels has its known value "
        "(largest deviation of the four).",
        "within",
    ),
    "ratio-control": Statement(
        "The levels of real symmetric matrices have the mean spacing ratio of uncorrelated ones.",
        "reject",
    ),
    "rigidity": Statement(
        "In a window of four spacings the number variance of GOE, GUE and GSE levels is the "
        "exact one (largest deviation).",
        "within",
        figure="fig-rm-number-variance",
    ),
    "rigidity-control": Statement(
        "In a window of four spacings uncorrelated levels have the number variance of GOE levels.",
        "reject",
        figure="fig-rm-number-variance",
    ),
    "zeta-heights": Statement(
        "Riemann zeros number 100, 1000 and 5000 are those of mpmath: none is missed on the way."
    ),
    "zeta-gue": Statement(
        "The spacings of Riemann zeros above height one million are within $D=0.03$ of the law "
        r"for $\beta=2$.",
        "within",
        figure="fig-rm-zeta",
    ),
    "zeta-gue-low": Statement(
        "The spacings of the first ten thousand Riemann zeros are within $D=0.03$ of the law "
        r"for $\beta=2$.",
        "within",
    ),
    "zeta-not-goe": Statement(
        "The spacings of Riemann zeros above height one million are within $D=0.03$ of the law "
        r"for $\beta=1$.",
        "reject",
        figure="fig-rm-zeta",
    ),
    "dirac": Statement(
        "With links in $Z_2$, U(1) and SU(2) the lattice Dirac operator has the spacings of "
        r"$\beta=1$, 2 and 4 (largest distance).",
        "within",
        figure="fig-rm-dirac",
        lecture="Random Matrix Theory (RMT)",
    ),
    "dirac-wrong-class": Statement(
        r"With links in SU(2) the lattice Dirac operator has the spacings of $\beta=2$.",
        "reject",
        figure="fig-rm-dirac",
    ),
    "anderson-metal": Statement(
        "At weak disorder, $w=6$, the Anderson model has the mean spacing ratio of GOE levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-field": Statement(
        "At weak disorder, $w=6$, in a magnetic field the Anderson model has the mean spacing "
        "ratio of GUE levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-insulator": Statement(
        "At strong disorder, $w=80$, the Anderson model has the mean spacing ratio of "
        "uncorrelated levels.",
        "within",
        figure="fig-rm-anderson",
    ),
    "anderson-control": Statement(
        "At strong disorder, $w=80$, the Anderson model has the mean spacing ratio of GOE levels.",
        "reject",
        figure="fig-rm-anderson",
    ),
    "coins-diagonal": Statement(
        "The levels of diagonal matrices have the mean spacing ratio of real symmetric matrices.",
        "reject",
    ),
}

claim = partial(make_claim, "random_matrices", CLAIMS)
