"""Claims of the page *Neural networks as disordered systems*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "balance": Statement(
        "After 1000 sweeps energy, magnetisation and overlap balance exactly.",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "balance-map": Statement(
        "In the runs of the map energy, magnetisation and overlap balance exactly.",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "balance-short": Statement(
        "In the first sweeps energy, magnetisation and overlap balance exactly.",
        "reject",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "ferromagnet": Statement(
        "Deep in the ferromagnet 64 spins have the magnetisation of theory, to 5 %.",
        "within",
        figure="fig-sg-map",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "frozen": Statement(
        "In the glass spins agree with themselves: at $T=0.15$, $J_0=0$ the overlap is within 25 "
        "% of the symmetric one.",
        "within",
        figure="fig-sg-map",
    ),
    "disordered": Statement(
        "They do not agree with each other: the magnetisation is that of independent spins, "
        r"$\langle m^2\rangle=1/N$.",
        figure="fig-sg-map",
    ),
    "entropy": Statement(
        r"The replica-symmetric entropy, extrapolated to $T=0$, is $-1/2\pi$.", "within"
    ),
    "parisi": Statement(
        "The extrapolated energy is Parisi's ground state, to 2 %.",
        "within",
        figure="fig-sg-energy",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "symmetric-energy": Statement(
        "The extrapolated energy is the replica-symmetric one.",
        "reject",
        figure="fig-sg-energy",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "growth": Statement(
        r"A disturbance grows by $\beta^2\frac1N\sum(1-m_i^2)^2$ of the spins it meets, to 5 %, "
        "on both sides of the line.",
        "within",
        figure="fig-sg-tap",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "at-line": Statement(
        r"Where the iteration converges well, $T\geq0.4$, this is the $\lambda$ of symmetric "
        "theory, to 0.1.",
        "within",
        figure="fig-sg-tap",
        lecture="Solvable Model of a Spin-Glass",
    ),
    "echo": Statement(
        "It does so, at $T=1$, in an iteration that leaves the echo in.",
        "reject",
        figure="fig-sg-tap",
    ),
    "identity": Statement(
        "Interaction, field and constant add up to the loss, in every network at every time, to "
        "rounding.",
        figure="fig-sg-terms",
        lecture="Neural network as a disordered system",
    ),
    "signs": Statement(
        "With the signs of the spin Hamiltonian, $-J$ and $+h$, they do.",
        "reject",
        figure="fig-sg-terms",
        lecture="Neural network as a disordered system",
    ),
    "aligned": Statement(
        r"In a network that has learned the interaction is $\frac12\langle y^2\rangle$ and the "
        r"field term $-\langle y^2\rangle$, to 3 %.",
        "within",
        figure="fig-sg-terms",
        lecture="NN phase diagram: external field alignment",
    ),
    "not-aligned": Statement(
        "Before training features and field are not aligned on average.",
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
        "Those of a network with as many outputs as features follow Marchenko and Pastur.",
        "within",
        figure="fig-sg-spectrum",
        lecture="Neural network as a disordered system",
    ),
    "network-semicircle": Statement(
        "Those of the network follow the semicircle.",
        "reject",
        figure="fig-sg-spectrum",
        lecture="Neural network as a disordered system",
    ),
    "rank-one": Statement(
        "With one output the largest level of $J$ is all of its trace.",
        lecture="Neural network as a disordered system",
    ),
    "mattis": Statement(
        "Rank one with the spin glass's sign has two minima, in all samples.",
        figure="fig-sg-minima",
        lecture="Neural network as a disordered system",
    ),
    "painted-disorder": Statement(
        "It has two minima with the network's sign, too (mean logarithm at 16 spins).",
        "reject",
        figure="fig-sg-minima",
        lecture="Neural network as a disordered system",
    ),
    "many-minima": Statement(
        "The number of minima of the spin glass grows as $e^{0.199N}$: the rate, to 25 %.",
        "within",
        figure="fig-sg-minima",
    ),
    "same-couplings": Statement(
        r"In the published set-up $J$ is the same at $\sigma_W=1/8$ and 256.",
        lecture="NN phase diagram: loss at end of training",
    ),
}

claim = partial(make_claim, "spin_glass", CLAIMS)
