"""Claims of the page *The phase diagram of a neural network*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "kernel": Statement(
        "A hundred updates as written on this page give the weights of the compiled program "
        "(single precision)."
    ),
    "separation": Statement(
        "For each pair of regimes loss or raw memory separates single networks: the area under "
        "the ROC curve is at least 0.95.",
        "within",
        figure="fig-pd-roc",
        lecture="Three distinct phases",
    ),
    "alignment-separates": Statement(
        "For each pair of regimes the alignment (cosine) separates single networks: the area "
        "under the ROC curve is at least 0.95.",
        "reject",
        figure="fig-pd-roc",
        lecture="NN phase diagram: external field alignment",
    ),
    "gradient-separates": Statement(
        "For each pair of regimes the norm of the gradient separates single networks: the area "
        "under the ROC curve is at least 0.95.",
        "reject",
        figure="fig-pd-roc",
    ),
    "frozen": Statement(
        "In the jam the largest singular value changes by less than 3 % in $10^5$ updates "
        "(median of 16 networks).",
        "within",
        figure="fig-pd-flows",
        lecture="Three distinct phases",
    ),
    "frozen-paramagnet": Statement(
        "In the paramagnet the largest singular value changes by less than 3 % in $10^5$ "
        "updates (median of 16 networks).",
        "reject",
        figure="fig-pd-flows",
        lecture="Three distinct phases",
    ),
    "kicked": Statement(
        "Kicked off its teacher, a student leaves above the teacher's stability limit and stays "
        "below it: 98 % of cases ten per cent or more off the limit.",
        "within",
        figure="fig-pd-kick",
    ),
    "critical": Statement(
        "After $10^3$, $10^4$, $10^5$ and the published $10^8$ updates the loss has risen "
        r"half-way (logarithmically) at the same $T$, to a factor $\sqrt2$.",
        "within",
        figure="fig-pd-edge",
        lecture="NN phase diagram: loss at end of training",
    ),
    "edge": Statement(
        r"The stability limit of networks trained at $0.25\leq T\leq1$ is $T$ itself, to 30 % "
        "(medians).",
        "within",
        figure="fig-pd-edge",
    ),
    "least": Statement(
        r"For $\sigma_W\leq1$ and at all three ages the loss is least at the stability limit of "
        "the teacher, to a factor of two.",
        "within",
        figure="fig-pd-edge",
    ),
    "teacher-limit": Statement(
        "After $10^5$ updates the loss has risen half-way (logarithmically) at the stability "
        "limit of the teacher, to 30 % (median).",
        "reject",
        figure="fig-pd-edge",
    ),
    "jam-law": Statement(
        r"Up to $10^5$ updates the border $\sigma_J$ of the jam is a power of $Tt$ with the "
        r"exponent $\frac13$, to 10 %.",
        "within",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "jam-late": Statement(
        "The power law of the border, fitted up to $10^5$ updates, predicts that of new runs at "
        "$10^6$ to 15 %.",
        "within",
        figure="fig-pd-jam",
    ),
    "jam-published": Statement(
        "The power law of the border, fitted up to $10^5$ updates, predicts the published one "
        "at $10^8$ to 25 %.",
        "within",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "jam-fixed": Statement(
        r"The border $\sigma_J$ of the jam stays where it is: exponent zero in $Tt$.",
        "reject",
        figure="fig-pd-jam",
        lecture="Three distinct phases",
    ),
    "radial": Statement(
        r"Before training the radial force points inwards and falls as $\sigma_W^{-1}$ for "
        r"$\sigma_W\geq16$: the exponent, to 10 %.",
        "within",
    ),
    "batch": Statement(
        "At equal $T$ and equal samples batches of one and of four have the same median loss, "
        "to 10 %, at three places of the map.",
        "within",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "noise-batch": Statement(
        "With label noise batches of one and of four have the same clean loss, to 10 %, at all "
        "three $T$.",
        "within",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "equipartition": Statement(
        r"With label noise the clean loss is $\frac14T\sigma_e^2\operatorname{tr}H$, to a factor "
        "of two, at three $T$ and two batch sizes.",
        "within",
        figure="fig-pd-temperature",
    ),
    "no-noise": Statement(
        r"At $T=0.06$, $|\mathcal B|=4$ the clean loss is the same with and without label noise: "
        "$T$ alone heats.",
        "reject",
        figure="fig-pd-temperature",
        lecture="Phase diagram of neural networks",
    ),
    "saddle": Statement(
        r"At $\sigma_W=0.01$, 0.03 and 0.1 a network halves its loss from the "
        r"$T=\tau/(\sigma_W|\mathcal B|t)$ of its saddle on, to 35 % (medians).",
        "within",
        figure="fig-pd-all",
    ),
    "divergence": Statement(
        r"With all layers free and $T=10^{1/2}$ all networks diverge, at ten $\sigma_W$ from "
        "0.01 to 10.",
        "within",
        figure="fig-pd-all",
    ),
    "end": Statement(
        r"For $\sigma_W\geq0.1$ half of the networks diverge at the stability limit of those "
        "that survive just below, to 30 %.",
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
        r"The $T$ at which networks escape from their saddle is the same at $\sigma_W=0.01$, "
        "0.03 and 0.1, to 35 %.",
        "reject",
        figure="fig-pd-all",
    ),
    "same-age": Statement(
        "At five points and two ages ($10^4$, $10^5$ updates) median losses are those of an "
        "earlier program, to a factor of two.",
        "within",
        lecture="NN phase diagram: loss at end of training",
    ),
    "published-memory-ferro": Statement(
        r"After $10^5$ updates the raw memory at $\sigma_W=\frac18$, $T=\frac1{32}$ is the 0.01 "
        "published for $10^8$, to 0.05.",
        "within",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "published-alignment-floor": Statement(
        r"After $10^5$ updates the alignment at $T\geq4$ (median) is the 0.10 published for "
        "$10^8$, to 0.05.",
        "within",
        figure="fig-pd-maps",
        lecture="NN phase diagram: external field alignment",
    ),
    "published-memory-jam": Statement(
        r"After $10^5$ updates the raw memory at $\sigma_W=256$, $T=\frac1{32}$ is the 0.71 "
        "published for $10^8$, to 0.05.",
        "reject",
        figure="fig-pd-maps",
        lecture="NN phase diagram: correlations in time",
    ),
    "published-alignment-ferro": Statement(
        r"After $10^5$ updates the alignment at $\sigma_W=\frac18$, $T=\frac1{32}$ is the 0.30 "
        "published for $10^8$, to 0.05.",
        "reject",
        figure="fig-pd-maps",
        lecture="NN phase diagram: external field alignment",
    ),
    "other-age": Statement(
        r"At $T=\frac18$ the losses after $10^5$ updates are those published for $10^8$, to a "
        r"factor of two, at nine $\sigma_W$.",
        "reject",
        figure="fig-pd-jam",
        lecture="NN phase diagram: loss at end of training",
    ),
    "full-band": Statement(
        "Median losses of this page lie in the shipped bands (16 to 84 % of networks) at 95 % "
        "of the points, in all four comparisons.",
        "within",
    ),
    "full-band-control": Statement(
        "Median losses of this page at $10^5$ updates lie in the shipped bands of $10^6$ at 95 "
        "% of the points.",
        "reject",
    ),
    "full-law": Statement(
        r"From $10^4$ to $10^6$ updates the border $\sigma_J$ of the shipped map is a power of "
        r"$Tt$ with the exponent $\frac13$, to 10 %.",
        "within",
        figure="fig-pd-full",
        lecture="NN phase diagram: loss at end of training",
    ),
    "full-foretold": Statement(
        "The power law of the shipped border, fitted up to $10^6$ updates, foretells those at "
        "$10^7$, to 15 %.",
        "within",
        figure="fig-pd-full",
    ),
    "full-published": Statement(
        "The power law of the shipped border, fitted up to $10^6$ updates, foretells the "
        "published one at $10^8$, to 25 %.",
        "within",
        figure="fig-pd-full",
    ),
    "full-critical": Statement(
        "After $10^6$ and $10^7$ updates the loss has risen half-way (logarithmically) at the "
        r"same $T$ as after $10^5$, to a factor $\sqrt2$.",
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
        r"After $10^8$ updates the raw memory at $\sigma_W=\frac18$, $T=\frac1{32}$ is the "
        "published 0.01, to 0.05.",
        "within",
        lecture="NN phase diagram: correlations in time",
    ),
    "old-memory-jam": Statement(
        r"After $10^8$ updates the raw memory at $\sigma_W=256$, $T=\frac1{32}$ is the published "
        "0.71, to 0.05.",
        "within",
        lecture="NN phase diagram: correlations in time",
    ),
}

claim = partial(make_claim, "phase_diagram", CLAIMS)
