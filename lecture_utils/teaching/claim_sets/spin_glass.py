"""Claims of the page *Neural networks as disordered systems*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "balance": Statement(
        r"After 1000 sweeps 32 spins at $J_0=0$ obey the exact balance $e=-\frac\beta2(1-\langle "
        r"q^2\rangle)$, on average over seven $T$.",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "balance-map": Statement(
        "The runs of the map obey the exact balance of energy, magnetisation and overlap, on "
        "average over all $J_0$ and $T$.",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "balance-short": Statement(
        "In the first sweeps 32 spins at $J_0=0$ obey the exact balance "
        r"$e=-\frac\beta2(1-\langle q^2\rangle)$, on average over seven $T$.",
        "reject",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "ferromagnet": Statement(
        "Deep in the ferromagnet ($J_0=2$, $T=0.15$ and 0.6) 64 spins have the magnetisation of "
        "theory, to 5 %.",
        "within",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "frozen": Statement(
        "Deep in the glass ($J_0=0$, $T=0.15$) the overlap of 64 spins is that of replica "
        "symmetry, to 25 %: spins agree with themselves.",
        "within",
        figure="fig-sg-map",
    ),
    "disordered": Statement(
        r"Deep in the glass ($J_0=0$, the three coldest $T$) $\langle m^2\rangle=1/N$ as for "
        "independent spins: they do not agree with each other.",
        figure="fig-sg-map",
    ),
    "entropy": Statement(
        r"The replica-symmetric entropy at $J_0=0$, extrapolated to $T=0$, is $-1/2\pi$.", "within"
    ),
    "parisi": Statement(
        "The energy of the glass at $T=0.1$, extrapolated to infinitely many spins, is that of "
        "Parisi's ground state, to 2 %.",
        "within",
        figure="fig-sg-energy",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "symmetric-energy": Statement(
        "The energy of the glass at $T=0.1$, extrapolated to infinitely many spins, is the "
        "replica-symmetric ground state's, to 2 %.",
        "reject",
        figure="fig-sg-energy",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "growth": Statement(
        r"A disturbance grows by $\beta^2\frac1N\sum_i(1-m_i^2)^2$ of the spins it meets, to 5 "
        "%, at eight $T$ on both sides of the line.",
        "within",
        figure="fig-sg-tap",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "at-line": Statement(
        r"For $T\geq0.4$, $J_0=1.5$ a disturbance grows by the $\lambda$ of replica symmetry, to "
        "0.1.",
        "within",
        figure="fig-sg-tap",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "echo": Statement(
        r"At $T=1$, $J_0=1.5$ a disturbance grows by the $\lambda$ of replica symmetry even if "
        "the echo is left in.",
        "reject",
        figure="fig-sg-tap",
    ),
    "identity": Statement(
        "Interaction, field term and constant add up to the loss, in 32 networks at six times, "
        "to rounding.",
        figure="fig-sg-terms",
        lecture="Neural network as a disordered system",
    ),
    "signs": Statement(
        "With the signs of the spin Hamiltonian, $-J$ and $+h$, interaction, field term and "
        "constant add up to the loss.",
        "reject",
        figure="fig-sg-terms",
        lecture="Neural network as a disordered system",
    ),
    "aligned": Statement(
        r"After $10^5$ updates the interaction is $\frac12\langle y^2\rangle$ and the field term "
        r"$-\langle y^2\rangle$, to 3 % (medians of 32 networks).",
        "within",
        figure="fig-sg-terms",
        lecture="NN phase diagram: external field alignment",
    ),
    "not-aligned": Statement(
        "Before training the field term vanishes on average over networks: features and field "
        "are not aligned.",
        figure="fig-sg-terms",
        lecture="NN phase diagram: external field alignment",
    ),
    "semicircle": Statement(
        "The levels of spin-glass couplings follow the semicircle.",
        "within",
        figure="fig-sg-spectrum",
        lecture="Wigner semi-circle",
    ),
    "marchenko-pastur": Statement(
        "The levels of the couplings of an untrained network with as many outputs as features "
        "follow Marchenko-Pastur.",
        "within",
        figure="fig-sg-spectrum",
        lecture="Neural network as a disordered system",
    ),
    "network-semicircle": Statement(
        "The levels of the couplings of an untrained network with as many outputs as features "
        "follow the semicircle.",
        "reject",
        figure="fig-sg-spectrum",
        lecture="Neural network as a disordered system",
    ),
    "rank-one": Statement(
        "With one output the largest level of $J$ is its whole trace, in 32 networks.",
        lecture="Neural network as a disordered system",
    ),
    "mattis": Statement(
        "Rank-one couplings with the spin glass's sign have two minima, in 240 samples of 6 to "
        "16 spins.",
        figure="fig-sg-minima",
        lecture="Neural network as a disordered system",
    ),
    "painted-disorder": Statement(
        "Rank-one couplings with the network's sign have two minima as well (mean logarithm of "
        "their number at 16 spins).",
        "reject",
        figure="fig-sg-minima",
        lecture="Neural network as a disordered system",
    ),
    "many-minima": Statement(
        "From 6 to 16 spins the mean number of minima of the spin glass grows as $e^{0.199N}$: "
        "the rate, to 25 %.",
        "within",
        figure="fig-sg-minima",
    ),
}

claim = partial(make_claim, "spin_glass", CLAIMS)
