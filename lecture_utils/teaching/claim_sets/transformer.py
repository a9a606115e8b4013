"""Claims of the page *Transformers*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        "At iterations 0, 1000 and 2000 the spacings of all matrices are as close to the "
        "surmise as those of random ones (99 % of them).",
        "within",
        figure="fig-tf-teaser",
        lecture="Transformer: Wigner surmise",
    ),
    "parameters": Statement(
        "The model has 209 729 parameters.", figure="", lecture="Transformer: nano-GPT"
    ),
    "by-hand": Statement(
        "The four lines of attention on this page give the outputs of PyTorch's, for two heads.",
        figure="fig-tf-attention",
    ),
    "causal": Statement(
        "Another letter does not change what is predicted before it is read.", figure=""
    ),
    "causal-control": Statement(
        "Another letter does not change what is predicted once it is read.", "reject", figure=""
    ),
    "gauge": Statement(
        r"The change $K\to KG$, $Q\to QG^{-T}$ leaves the validation loss of trained models as "
        "it is."
    ),
    "gauge-levels": Statement(
        r"The change $K\to KG$, $Q\to QG^{-T}$ leaves the levels of $K^TK$ as they are, to one "
        "per cent.",
        "reject",
    ),
    "conserved-sgd": Statement(
        "SGD conserves $K^TK-Q^TQ$: it changes by less than a fifth of the change of the two "
        "terms.",
        "within",
    ),
    "conserved-adamw": Statement(
        "AdamW conserves $K^TK-Q^TQ$: it changes by less than a fifth of the change of the two "
        "terms.",
        "reject",
    ),
    "loss": Statement(
        "After 2000 iterations the validation loss is within 0.03 of that of an independent and "
        "plainer implementation, 1.945.",
        "within",
        figure="fig-tf-loss",
    ),
    "loss-of-pairs": Statement(
        "After 2000 iterations the validation loss is that of a table of pairs of letters, to 3 %.",
        "reject",
        figure="fig-tf-loss",
    ),
    "initial": Statement(
        "Levels of sixteen untrained models follow the Marchenko-Pastur law of their start, for "
        "both starts (largest distance).",
        "within",
        figure="fig-tf-spectra",
        lecture="Transformer: spectral density",
    ),
    "initial-control": Statement(
        "Levels of sixteen untrained models of PyTorch's default start follow the "
        r"Marchenko-Pastur law of $\mathcal N(0,0.02^2)$.",
        "reject",
    ),
    "unfolding": Statement("The lines of unfolding on this page give the spacings of the package."),
    "trap": Statement(
        "Divided by the mean of their class alone, the gaps at iteration 2000 are as close to "
        "the surmise as those of random matrices.",
        "reject",
        figure="fig-tf-unfolding",
    ),
    "shuffled": Statement(
        "After levels are exchanged between matrices of a class, the spacings are as close to "
        "the surmise as those of random matrices.",
        "reject",
        figure="fig-tf-unfolding",
        lecture="Transformer: Wigner surmise",
    ),
    "independent": Statement(
        "At iteration 2000 the levels of a matrix are independent of each other: their spacings "
        "are exponential.",
        "reject",
        figure="fig-tf-unfolding",
    ),
    "amplitude": Statement(
        "At iteration 2000 of the Gaussian start the amplitude of K in layer 1 is 0.65, to 0.1: "
        "between 1000 and 5000 iterations of earlier models.",
        "within",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "amplitude-control": Statement(
        "At iteration 2000 of the Gaussian start the amplitude of K in layer 1 is still that of "
        "the untrained matrices, to 0.1.",
        "reject",
        figure="fig-tf-bulk",
    ),
    "misfit-default": Statement(
        "After the default start the levels below the edge fit their law as in untrained models "
        "(the worst of 60), in all twelve classes.",
        "within",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "misfit-gaussian": Statement(
        "After the Gaussian start the levels below the edge fit their law as in untrained "
        "models (the worst of 60), in all twelve classes.",
        "reject",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "tail": Statement(
        "At iteration 2000 of the Gaussian start the tail of K in layer 1, fitted as a power "
        "law, has the exponent 2, to 15 %.",
        "within",
        figure="fig-tf-tail",
        lecture="Transformer: spectral density",
    ),
    "tail-control": Statement(
        "The upper half of the levels of untrained K in layer 1 falls as a power: an "
        "exponential end gains nothing.",
        "reject",
        figure="fig-tf-tail",
    ),
    "sgd-alpha": Statement(
        r"With SGD the variance of the levels goes as $\alpha^1$, the exponent to 0.1.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "sgd-batch": Statement(
        r"With SGD the variance of the levels goes as $|\mathcal B|^{-1}$, the exponent to 0.1.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "adamw-batch": Statement(
        r"With AdamW the variance of the levels goes as $|\mathcal B|^0$, the exponent to 0.15.",
        "within",
        figure="fig-tf-temperature",
    ),
    "adamw-control": Statement(
        r"With AdamW the variance of the levels goes as $|\mathcal B|^{-1}$, the exponent to "
        "0.15.",
        "reject",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "collapse-sgd": Statement(
        r"With SGD, settings of equal $\alpha/|\mathcal B|$ have the same variance of levels, "
        "its mean logarithm to 0.15.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "collapse-adamw": Statement(
        r"With AdamW, settings of equal $\alpha/|\mathcal B|$ have the same variance of levels, "
        "its mean logarithm to 0.15.",
        "reject",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "white": Statement(
        "With SGD the variance of a level is $4x_is^2$, with the variance $s^2$ of the entries, "
        "to 30 % on average.",
        "within",
        figure="",
    ),
    "white-slope": Statement(
        "With SGD the variance of a level is proportional to the level: the exponent is 1, to 0.1.",
        "within",
        figure="",
    ),
    "white-control": Statement(
        "With SGD the variance is the same for all levels of a matrix: the exponent is 0, to 0.1.",
        "reject",
        figure="",
    ),
    "surgery-part-pruned": Statement(
        "After the Gaussian start, pruning the random part of all K and Q changes the loss by "
        "less than 0.05.",
        "within",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-part-replaced": Statement(
        "After the Gaussian start, replacing the random part of all K and Q by a fresh one "
        "changes the loss by less than 0.05.",
        "within",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-random-pruned": Statement(
        "After the Gaussian start, pruning as many levels of all K and Q by lot changes the "
        "loss by less than 0.05.",
        "reject",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-rest-pruned": Statement(
        "After the Gaussian start, pruning all but the random part of K and Q changes the loss "
        "by less than 0.05.",
        "reject",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-default": Statement(
        "After the default start, pruning the random part of all K and Q changes the loss by "
        "less than 0.05.",
        "reject",
        figure="fig-tf-surgery",
    ),
    "surgery-equal-time": Statement(
        "At iteration 1000 pruning the random part costs the same loss after both starts, to 0.05.",
        "reject",
        figure="fig-tf-surgery",
    ),
    "full-band": Statement(
        "The models of this page agree with the shipped ones of equal age in loss and mean "
        "log-level, within three standard errors.",
        "within",
        figure="fig-tf-full",
    ),
    "full-band-control": Statement(
        "Models of the Gaussian start agree with shipped ones of the default of equal age in "
        "loss and mean log-level, within three standard errors.",
        "reject",
        figure="fig-tf-full",
    ),
    "full-loss-gaussian": Statement(
        "After 5000 iterations of the Gaussian start the validation loss is within 0.03 of that "
        "of an independent implementation, 1.762.",
        "within",
        figure="fig-tf-full",
    ),
    "full-amplitude-gaussian": Statement(
        "After 5000 iterations of the Gaussian start the amplitude of K in layer 1 is the 0.62 "
        "of earlier models, to 0.1.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: spectral density",
    ),
    "full-surmise-gaussian": Statement(
        "After 5000 iterations of the Gaussian start the spacings are within $D=0.02$ of the "
        "surmise.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: Wigner surmise",
    ),
    "full-loss-default": Statement(
        "After 5000 iterations of the default start the validation loss is within 0.03 of that "
        "of an independent implementation, 1.762.",
        "within",
        figure="fig-tf-full",
    ),
    "full-amplitude-default": Statement(
        "After 5000 iterations of the default start the amplitude of K in layer 1 is the 0.77 "
        "of earlier models, to 0.1.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: spectral density",
    ),
    "full-surmise-default": Statement(
        "After 5000 iterations of the default start the spacings are within $D=0.02$ of the "
        "surmise.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: Wigner surmise",
    ),
    "full-shuffled": Statement(
        "After 5000 iterations of the Gaussian start, levels exchanged between matrices of a "
        "class have spacings within $D=0.02$ of the surmise.",
        "reject",
        figure="fig-tf-full",
    ),
    "full-tail": Statement(
        "After 5000 iterations of the Gaussian start the tail of K in layer 1, as a power law, "
        "has the exponent 1.99 of earlier models, to 0.28.",
        "within",
        figure="",
        lecture="Transformer: spectral density",
    ),
    "full-sgd-alpha": Statement(
        r"On the large grid the variance of the levels goes, with SGD, as $\alpha^1$, the "
        "exponent to 0.1.",
        "within",
        figure="",
        lecture="Linear scaling relation",
    ),
    "full-sgd-batch": Statement(
        r"On the large grid the variance of the levels goes, with SGD, as $|\mathcal B|^{-1}$, "
        "the exponent to 0.1.",
        "within",
        figure="",
        lecture="Linear scaling relation",
    ),
    "full-adamw-alpha": Statement(
        r"On the large grid the variance of the levels goes, with AdamW, as $\alpha^1$, the "
        "exponent to 0.1.",
        "reject",
        figure="",
        lecture="Linear scaling relation",
    ),
    "full-adamw": Statement(
        r"On the large grid the variance of the levels goes, with AdamW, as $|\mathcal B|^0$, "
        "the exponent to 0.15.",
        "within",
        figure="",
        lecture="Linear scaling relation",
    ),
    "full-adamw-control": Statement(
        r"On the large grid the variance of the levels goes, with AdamW, as $|\mathcal B|^{-1}$, "
        "the exponent to 0.15.",
        "reject",
        figure="",
        lecture="Linear scaling relation",
    ),
    "full-exponents": Statement(
        "The four exponents of this page agree with those of the large grids, within three "
        "standard errors.",
        "within",
    ),
    "full-upper-gaps": Statement(
        "After 5000 iterations of the Gaussian start the upper five gaps are as close to the "
        "surmise as in random matrices (the farthest of 60 draws).",
        "reject",
        figure="fig-tf-full",
    ),
    "full-upper-gaps-default": Statement(
        "After 5000 iterations of the default start the upper five gaps are as close to the "
        "surmise as in random matrices (the farthest of 60 draws).",
        "within",
        figure="fig-tf-full",
    ),
}

claim = partial(make_claim, "transformer", CLAIMS)
