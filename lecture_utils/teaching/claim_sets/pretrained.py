"""Claims of the page *Networks that others trained*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        "The spacings of the 192 heads follow the Wigner surmise as closely as those of random "
        "matrices of the same shape do (99 % of them).",
        "within",
        figure="fig-pt-teaser",
        lecture="Transformer: Wigner surmise",
    ),
    "every-matrix": Statement(
        "Measured in their errors, the mean ratios of all 123 spectra scatter around those of "
        "random matrices like standard normal numbers.",
        figure="fig-pt-teaser",
        lecture="Universality",
    ),
    "no-matrix-stands-out": Statement(
        "No spectrum is farther from its random value than chance allows for the farthest of 123 "
        "(1 %).",
        "within",
        figure="fig-pt-teaser",
    ),
    "fixed-basis": Statement(
        "The two matrices that nobody trained keep the same limit.",
        "reject",
        figure="fig-pt-teaser",
    ),
    "error": Statement("The scatter of the mean ratio follows from the correlation of neighbours."),
    "error-control": Statement(
        "The scatter of the mean ratio is that of independent ratios.", "reject"
    ),
    "networks": Statement(
        "The mean ratio of each of the five networks is that of random matrices of the same "
        "shapes.",
        figure="fig-pt-networks",
        lecture="Universality",
    ),
    "whole": Statement(
        "The mean ratio of AntiBERTy's K, Q and V as whole matrices is that of random ones.",
        figure="fig-pt-networks",
    ),
    "ratio-shuffled": Statement(
        "Exchanged levels have the ratio of random matrices.", "reject", figure="fig-pt-networks"
    ),
    "ratio-basis": Statement(
        "The levels of the fixed basis have the ratio of random matrices.",
        "reject",
        figure="fig-pt-networks",
    ),
    "ratio-shuffled-value": Statement(
        "Exchanged levels have the ratio of independent ones.", "within", figure="fig-pt-networks"
    ),
    "basis": Statement(
        "Every level of the fixed basis is computed, for both rates.", figure="fig-pt-fourier"
    ),
    "ratio-law": Statement(
        "The ratios of all learned matrices follow the surmise of three levels.",
        "within",
        figure="fig-pt-fourier",
    ),
    "ratio-law-basis": Statement(
        "The ratios of the fixed basis follow the surmise of three levels.",
        "reject",
        figure="fig-pt-fourier",
    ),
    "layers": Statement(
        "Layer by layer, queries, keys and values have the ratio of random matrices.",
        figure="fig-pt-layers",
    ),
    "shuffled": Statement(
        "Levels exchanged between the heads of a class follow the surmise.",
        "reject",
        figure="fig-pt-layers",
    ),
    "independent": Statement(
        "The levels of a head are independent: their spacings are exponential.",
        "reject",
        figure="fig-pt-teaser",
    ),
    "top": Statement(
        "The uppermost ratio is that of random matrices.", "reject", figure="fig-pt-top"
    ),
    "below-the-top": Statement(
        "Without the three largest levels of each head, the mean ratio is that of random matrices "
        "treated alike.",
        figure="fig-pt-top",
    ),
    "bulk-random": Statement(
        "The fit gives random matrices the amplitude one, to 5 %.", "within", figure="fig-pt-bulk"
    ),
    "bulk-all": Statement(
        "The mean amplitude of the trained heads is one, to 5 %.", "reject", figure="fig-pt-bulk"
    ),
    "bulk-law": Statement(
        "Below its edge the bulk follows the fitted Marchenko-Pastur law as closely as random "
        "matrices do (the worst of 48), in every class.",
        "reject",
        figure="fig-pt-bulk",
        lecture="Transformer: spectral density",
    ),
    "tail-twins": Statement(
        "A trained tail is as often longer than its random twin as it is shorter.",
        "reject",
        figure="fig-pt-tail",
        lecture="Transformer: spectral density",
    ),
    "tail-heads": Statement(
        "In no class of attention heads is the tail longer than one decade.",
        "within",
        figure="fig-pt-tail",
    ),
}

claim = partial(make_claim, "pretrained", CLAIMS)
