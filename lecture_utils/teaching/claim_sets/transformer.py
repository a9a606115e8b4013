"""Claims of the page *Transformers*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        "Before training, half-way and at the end the spacings of all matrices follow the Wigner "
        "surmise as closely as those of random matrices do (99 % of them).",
        "within",
        figure="fig-tf-teaser",
        lecture="Transformer: Wigner surmise",
    ),
    "parameters": Statement("The model has 209 729 parameters.", lecture="Transformer: nano-GPT"),
    "by-hand": Statement("The four lines are PyTorch's attention.", figure="fig-tf-attention"),
    "causal": Statement("A letter does not change what is predicted before it is read."),
    "causal-control": Statement("It does not change what is predicted afterwards.", "reject"),
    "gauge": Statement(r"Loss and predictions do not notice the change $K\to KG$, $Q\to QG^{-T}$."),
    "gauge-levels": Statement("Nor do the levels of $K^TK$.", "reject"),
    "conserved-sgd": Statement(
        "SGD conserves $K^TK-Q^TQ$: its change is a small fraction of that of the two terms.",
        "within",
    ),
    "conserved-adamw": Statement(
        "AdamW conserves $K^TK-Q^TQ$: its change is a small fraction of that of the two terms.",
        "reject",
    ),
    "loss": Statement(
        "The validation loss after 2000 iterations is 1.945, that of an independent and plainer "
        "implementation.",
        "within",
        figure="fig-tf-loss",
    ),
    "loss-of-pairs": Statement(
        "The models know no more than a table of pairs of letters.", "reject", figure="fig-tf-loss"
    ),
    "initial": Statement(
        "Levels of sixteen untrained models follow the Marchenko-Pastur law, for both "
        "initialisations.",
        "within",
        figure="fig-tf-spectra",
        lecture="Transformer: spectral density",
    ),
    "initial-control": Statement(
        r"The default has the edges of $\mathcal N(0,0.02^2)$.", "reject", figure="fig-tf-spectra"
    ),
    "unfolding": Statement("The four lines on this page are the package's unfolding."),
    "trap": Statement(
        "Divided by the mean of their class alone, the gaps follow the surmise.",
        "reject",
        figure="fig-tf-unfolding",
    ),
    "shuffled": Statement(
        "Levels exchanged between matrices of a class follow the surmise.",
        "reject",
        figure="fig-tf-unfolding",
        lecture="Transformer: Wigner surmise",
    ),
    "independent": Statement(
        "The levels of a matrix are independent of each other: their spacings are exponential.",
        "reject",
        figure="fig-tf-unfolding",
    ),
    "amplitude": Statement(
        "After the Gaussian start the amplitude of K in the first layer is 0.65, between the "
        "values at 1000 and 5000 iterations of four earlier models.",
        "within",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "amplitude-control": Statement(
        "It is still that of the untrained matrices.", "reject", figure="fig-tf-bulk"
    ),
    "misfit-default": Statement(
        "After the default start, in each of the twelve classes, the levels below the edge are as "
        "close to the fitted law as in untrained models (the worst of 60 classes).",
        "within",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "misfit-gaussian": Statement(
        "After the Gaussian start, in each of the twelve classes, the levels below the edge are "
        "as close to the fitted law as in untrained models (the worst of 60 classes).",
        "reject",
        figure="fig-tf-bulk",
        lecture="Transformer: spectral density",
    ),
    "tail": Statement(
        "Fitted as a power law, the tail has the exponent 2, to 15 %.",
        "within",
        figure="fig-tf-tail",
        lecture="Transformer: spectral density",
    ),
    "tail-control": Statement(
        "The upper half of the levels of untrained matrices falls as a power: cutting it off "
        "gains nothing.",
        "reject",
        figure="fig-tf-tail",
    ),
    "sgd-alpha": Statement(
        r"With SGD the variance of the levels goes as $\alpha^1$.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "sgd-batch": Statement(
        r"With SGD it goes as $|\mathcal B|^{-1}$.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "adamw-batch": Statement(
        r"With AdamW it does not depend on the batch: $|\mathcal B|^0$.",
        "within",
        figure="fig-tf-temperature",
    ),
    "adamw-control": Statement(
        r"With AdamW it goes as $|\mathcal B|^{-1}$.",
        "reject",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "collapse-sgd": Statement(
        r"With SGD, settings of equal $\alpha/|\mathcal B|$ have the same variance.",
        "within",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "collapse-adamw": Statement(
        r"With AdamW, settings of equal $\alpha/|\mathcal B|$ have the same variance.",
        "reject",
        figure="fig-tf-temperature",
        lecture="Linear scaling relation",
    ),
    "white": Statement(
        "Noise that is white in $W$ gives the size of the scatter of levels from that of the "
        "entries.",
        "within",
    ),
    "white-slope": Statement("The variance of a level is proportional to the level.", "within"),
    "white-control": Statement("It is the same for all levels of a matrix.", "reject"),
    "surgery-part-pruned": Statement(
        "Pruning the random part changes the loss by less than 0.05.",
        "within",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-part-replaced": Statement(
        "Replacing it by a fresh random matrix changes the loss by less than 0.05.",
        "within",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-random-pruned": Statement(
        "Pruning as many levels by lot changes the loss by less than 0.05.",
        "reject",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-rest-pruned": Statement(
        "Pruning the others changes the loss by less than 0.05.",
        "reject",
        figure="fig-tf-surgery",
        lecture="Transformer: spectral density",
    ),
    "surgery-default": Statement(
        "Pruning the random part of models with the default start changes the loss by less than "
        "0.05.",
        "reject",
        figure="fig-tf-surgery",
    ),
    "surgery-equal-time": Statement(
        "At iteration 1000 the random part is worth as much after both starts.",
        "reject",
        figure="fig-tf-surgery",
    ),
    "full-band": Statement(
        "The models of this page and the shipped ones agree in loss and mean log-level, at equal "
        "iterations, within three standard errors.",
        "within",
        figure="fig-tf-full",
    ),
    "full-band-control": Statement(
        "Models of the Gaussian start and shipped ones of the default agree in loss and mean "
        "log-level, at equal iterations, within three standard errors.",
        "reject",
        figure="fig-tf-full",
    ),
    "full-loss-gaussian": Statement(
        "After 5000 iterations from the Gaussian start the validation loss is within 0.03 of that "
        "of an independent implementation, 1.762.",
        "within",
        figure="fig-tf-full",
    ),
    "full-amplitude-gaussian": Statement(
        "From the Gaussian start the amplitude of K in the first layer becomes 0.62, as in "
        "earlier models.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: spectral density",
    ),
    "full-surmise-gaussian": Statement(
        "At the end of the Gaussian start the spacings are within 0.02 of the surmise.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: Wigner surmise",
    ),
    "full-loss-default": Statement(
        "After 5000 iterations from the default start the validation loss is within 0.03 of that "
        "of an independent implementation, 1.762.",
        "within",
        figure="fig-tf-full",
    ),
    "full-amplitude-default": Statement(
        "From the default start the amplitude of K in the first layer becomes 0.77, as in earlier "
        "models.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: spectral density",
    ),
    "full-surmise-default": Statement(
        "At the end of the default start the spacings are within 0.02 of the surmise.",
        "within",
        figure="fig-tf-full",
        lecture="Transformer: Wigner surmise",
    ),
    "full-shuffled": Statement(
        "So are those of levels exchanged between the matrices of a class.",
        "reject",
        figure="fig-tf-full",
    ),
    "full-tail": Statement(
        "From the Gaussian start the tail of K in the first layer, fitted as a power law, has the "
        "exponent 1.99 of earlier models, within two of their errors (0.28).",
        "within",
        lecture="Transformer: spectral density",
    ),
    "full-sgd-alpha": Statement(
        r"On the large grid the variance of the levels goes, under SGD, as $\alpha^1$.",
        "within",
        lecture="Linear scaling relation",
    ),
    "full-sgd-batch": Statement(
        r"On the large grid the variance of the levels goes, under SGD, as $|\mathcal B|^{-1}$.",
        "within",
        lecture="Linear scaling relation",
    ),
    "full-adamw-alpha": Statement(
        r"On the large grid the variance of the levels goes, under AdamW, as $\alpha^1$.",
        "reject",
        lecture="Linear scaling relation",
    ),
    "full-adamw": Statement(
        r"On the large grid the variance of the levels goes, under AdamW, as $|\mathcal B|^0$.",
        "within",
        lecture="Linear scaling relation",
    ),
    "full-adamw-control": Statement(
        r"On the large grid the variance of the levels goes, under AdamW, as $|\mathcal B|^{-1}$.",
        "reject",
        lecture="Linear scaling relation",
    ),
    "full-exponents": Statement(
        "The four exponents of this page and of the large grids agree within three standard "
        "errors.",
        "within",
    ),
    "full-upper-gaps": Statement(
        "After the Gaussian start the upper five gaps are as close to the surmise as in random "
        "matrices (the farthest of 60 draws).",
        "reject",
        figure="fig-tf-full",
    ),
    "full-upper-gaps-default": Statement(
        "So are they after the default start.", "within", figure="fig-tf-full"
    ),
}

claim = partial(make_claim, "transformer", CLAIMS)
