"""Claims of the page *The phase diagram of a neural network*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "kernel": Statement(
        "A hundred updates as written here, in double precision, and compiled, in single "
        "precision, give the same weights."
    ),
    "separation": Statement(
        "For each pair of regimes loss or memory separates single networks (area at least 0.95).",
        "within",
        figure="fig-pd-roc",
        lecture="Three distinct phases",
    ),
    "alignment-separates": Statement(
        "So does the alignment of features and field.",
        "reject",
        figure="fig-pd-roc",
        lecture="NN phase diagram: external field alignment",
    ),
    "gradient-separates": Statement(
        "So does the norm of the gradient.", "reject", figure="fig-pd-roc"
    ),
    "frozen": Statement(
        "In the jam the largest singular value changes by less than 3 % in $10^5$ updates "
        "(median).",
        "within",
        figure="fig-pd-flows",
        lecture="Three distinct phases",
    ),
    "frozen-paramagnet": Statement(
        "In the paramagnet, too.", "reject", figure="fig-pd-flows", lecture="Three distinct phases"
    ),
    "kicked": Statement(
        "Ten per cent or more off the limit of its teacher a student leaves above and stays "
        "below, in 98 % of cases.",
        "within",
        figure="fig-pd-kick",
    ),
    "critical": Statement(
        "After $10^3$, $10^4$, $10^5$ and the published $10^8$ updates the loss is half-way up at "
        r"the same $T$, to a factor $\sqrt2$, half a step of the grid.",
        "within",
        figure="fig-pd-edge",
        lecture="NN phase diagram: loss at end of training",
    ),
    "edge": Statement(
        r"Networks trained at $0.25\leq T\leq1$ have a stability limit within 30 % of $T$.",
        "within",
        figure="fig-pd-edge",
    ),
    "least": Statement(
        r"For $\sigma_W\leq1$ the loss is least at the limit of the teacher, to a factor of two, "
        "the step of the grid, at all three ages.",
        "within",
        figure="fig-pd-edge",
    ),
    "teacher-limit": Statement(
        "Learning ends at the stability limit of the teacher.", "reject", figure="fig-pd-edge"
    ),
    "jam-law": Statement(
        r"The border is a power law in $Tt$ with the exponent $\frac13$, to 10 %.",
        "within",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "jam-late": Statement(
        "Extended to $10^6$ updates, the law predicts the border of new runs to 15 %.",
        "within",
        figure="fig-pd-jam",
    ),
    "jam-published": Statement(
        "Extended by three decades to $10^8$, it predicts the published border to 25 %.",
        "within",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "jam-fixed": Statement(
        "The border does not depend on time: exponent zero.",
        "reject",
        figure="fig-pd-jam",
        lecture="Three distinct phases",
    ),
    "radial": Statement(
        r"The radial force before training points inwards and falls as $\sigma_W^{-1}$ for "
        r"$\sigma_W\geq16$: the exponent, to 10 %.",
        "within",
    ),
    "batch": Statement(
        "At equal $T$ and equal samples, batches of one and of four have the same median loss to "
        "10 % in all three places.",
        "within",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "noise-batch": Statement(
        "With label noise the loss of both batches is the same to 10 % at all $T$.",
        "within",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "equipartition": Statement(
        r"It is $\frac14T\sigma_e^2\operatorname{tr}H$ at all $T$, to a factor of two.",
        "within",
        figure="fig-pd-temperature",
    ),
    "no-noise": Statement(
        "Without label noise the loss at $T=0.06$ is the same as with it: $T$ alone heats.",
        "reject",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "saddle": Statement(
        r"At $\sigma_W=0.01$, 0.03 and 0.1 a network halves its loss from the temperature on at "
        "which it escapes from its saddle, to 35 % (medians).",
        "within",
        figure="fig-pd-all",
    ),
    "divergence": Statement(
        r"At $T=10^{1/2}$ all networks diverge, at every $\sigma_W$.", figure="fig-pd-all"
    ),
    "end": Statement(
        r"For $\sigma_W\geq0.1$ half of the networks diverge at the stability limit of networks "
        "that survive just below it, to 30 %.",
        "within",
        figure="fig-pd-all",
    ),
    "end-start": Statement(
        r"For $\sigma_W\geq0.1$ half of the networks diverge at the stability limit of networks "
        "before training, to 30 %.",
        "reject",
        figure="fig-pd-all",
    ),
    "saddle-constant": Statement(
        r"This temperature does not depend on $\sigma_W$.", "reject", figure="fig-pd-all"
    ),
    "same-age": Statement(
        "At five points, after $10^4$ and $10^5$ updates, median losses agree with those of an "
        "earlier program to a factor of two.",
        "within",
        lecture="NN phase diagram: loss at end of training",
    ),
    "published-memory-ferro": Statement(
        "The memory in the ferromagnetic corner after $10^5$ updates is the one published "
        "for $10^8$, 0.01, to 0.05.",
        "within",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "published-alignment-floor": Statement(
        "The alignment at the floor of the map after $10^5$ updates is the one published "
        "for $10^8$, 0.10, to 0.05.",
        "within",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "published-memory-jam": Statement(
        "The memory in the jammed corner after $10^5$ updates is the one published for "
        "$10^8$, 0.71, to 0.05.",
        "reject",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "published-alignment-ferro": Statement(
        "The alignment in the ferromagnetic corner after $10^5$ updates is the one "
        "published for $10^8$, 0.30, to 0.05.",
        "reject",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "other-age": Statement(
        r"At $T=\frac18$ the losses after $10^5$ updates are those published for $10^8$, to a "
        "factor of two.",
        "reject",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "full-band": Statement(
        "Medians of this page at $10^4$ and $10^5$ updates, of its runs to $10^6$, and of three "
        "points run again with all layers free lie in the shipped bands (16 to 84 % of networks), "
        "at 95 % of the points.",
        "within",
    ),
    "full-band-control": Statement("Those at $10^5$ updates lie in the bands of $10^6$.", "reject"),
    "full-law": Statement(
        "From $10^4$ to $10^6$ updates the border of the shipped map is a power law with the "
        r"exponent $\frac13$, to 10 %.",
        "within",
        figure="fig-pd-full",
        lecture="NN phase diagram: loss at end of training",
    ),
    "full-foretold": Statement(
        "It foretells the borders after $10^7$ updates, to 15 %.", "within", figure="fig-pd-full"
    ),
    "full-published": Statement(
        "It foretells the published one after $10^8$, to 25 %.", "within", figure="fig-pd-full"
    ),
    "full-critical": Statement(
        "After $10^6$ and $10^7$ updates the loss is half-way up at the same temperature as after "
        r"$10^5$, to a factor $\sqrt2$.",
        "within",
        figure="fig-pd-full",
    ),
    "old-100000000": Statement(
        "After $10^8$ updates the median losses at three points are those published for $10^8$, "
        "to a factor of three.",
        "within",
        lecture="NN phase diagram: loss at end of training",
    ),
    "old-10000000": Statement(
        "After $10^7$ updates the median losses at three points are those published for $10^8$, "
        "to a factor of three.",
        "reject",
        lecture="NN phase diagram: loss at end of training",
    ),
    "old-memory-ferro": Statement(
        r"After $10^8$ updates the memory at $\sigma_W=0.125$, $T=0.03125$ is the published 0.01, "
        "to 0.05.",
        "within",
        lecture="NN phase diagram: correlations in time",
    ),
    "old-memory-jam": Statement(
        r"After $10^8$ updates the memory at $\sigma_W=256$, $T=0.03125$ is the published 0.71, "
        "to 0.05.",
        "within",
        lecture="NN phase diagram: correlations in time",
    ),
}

claim = partial(make_claim, "phase_diagram", CLAIMS)
