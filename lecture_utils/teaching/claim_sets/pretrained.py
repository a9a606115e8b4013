"""Claims of the page *Networks that others trained*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "surmise": Statement(
        "The spacings of AntiBERTy's 192 heads are as close to the Wigner surmise as those of "
        "random matrices of their shape (99 % of them).",
        "within",
        figure="fig-pt-teaser",
        lecture="Transformer: Wigner surmise",
    ),
    "every-matrix": Statement(
        "In units of their errors, the mean ratios of 123 spectra scatter around those of "
        "random matrices as standard normal numbers do.",
        figure="fig-pt-teaser",
        lecture="Universality",
    ),
    "no-matrix-stands-out": Statement(
        "No mean ratio of 123 spectra is farther from its random value than chance allows for "
        "the farthest (1 %).",
        "within",
        figure="fig-pt-teaser",
    ),
    "fixed-basis": Statement(
        "The mean ratios of Silero VAD's two Fourier bases are no farther from their random "
        "values than chance allows for the farthest of 123 (1 %).",
        "reject",
        figure="fig-pt-teaser",
    ),
    "error": Statement(
        r"The mean of $n$ ratios of a random $512\times64$ matrix scatters by that of one ratio "
        r"times $\sqrt{(1+2\rho)/n}$, with the correlation $\rho$ of neighbouring ratios.",
        "within",
    ),
    "error-constant": Statement(
        r"The mean of $n$ ratios of a random $512\times64$ matrix scatters by $0.307/\sqrt n$, "
        "the error that is used for all spectra."
    ),
    "error-control": Statement(
        r"The mean of $n$ ratios of a random $512\times64$ matrix scatters as that of $n$ "
        "independent ratios.",
        "reject",
    ),
    "networks": Statement(
        "The mean ratio of each of the five networks is that of random matrices of the same "
        "shapes.",
        figure="fig-pt-networks",
        lecture="Universality",
    ),
    "whole": Statement(
        "The mean ratio of AntiBERTy's K, Q and V, each taken as one whole matrix, is that of "
        "random matrices.",
        figure="fig-pt-networks",
    ),
    "ratio-shuffled": Statement(
        "After levels are exchanged between AntiBERTy's heads of a class, the mean ratio is "
        "still that of random matrices.",
        "reject",
        figure="fig-pt-networks",
    ),
    "ratio-basis": Statement(
        "The mean ratio of Silero VAD's two Fourier bases is that of random matrices.",
        "reject",
        figure="fig-pt-networks",
    ),
    "ratio-shuffled-value": Statement(
        "After levels are exchanged between AntiBERTy's heads of a class, the mean ratio is "
        r"that of independent levels, $2\ln2-1$.",
        "within",
        figure="fig-pt-networks",
    ),
    "basis": Statement(
        "The levels of Silero VAD's two Fourier bases are all those computed from sines, "
        "cosines and window.",
        figure="fig-pt-fourier",
    ),
    "ratio-law": Statement(
        "The ratios of all learned matrices follow the surmise of three levels, to $D=0.03$.",
        "within",
        figure="fig-pt-fourier",
    ),
    "ratio-law-basis": Statement(
        "The ratios of Silero VAD's two Fourier bases follow the surmise of three levels, to "
        "$D=0.03$.",
        "reject",
        figure="fig-pt-fourier",
    ),
    "layers": Statement(
        "In each of AntiBERTy's eight layers the heads' queries, keys and values have the mean "
        "ratio of random matrices.",
        figure="fig-pt-layers",
    ),
    "shuffled": Statement(
        "After levels are exchanged between AntiBERTy's heads of a class, the spacings are as "
        "close to the surmise as those of random matrices.",
        "reject",
        figure="fig-pt-layers",
    ),
    "independent": Statement(
        "The levels of each of AntiBERTy's heads are independent: their spacings are exponential.",
        "reject",
        figure="fig-pt-teaser",
    ),
    "top": Statement(
        "The uppermost ratio of AntiBERTy's heads has the mean of random matrices.",
        "reject",
        figure="fig-pt-top",
    ),
    "below-the-top": Statement(
        "Without the three largest levels of each of AntiBERTy's heads the mean ratio is that "
        "of random matrices treated alike.",
        figure="fig-pt-top",
    ),
    "bulk-random": Statement(
        "The fit gives random matrices the amplitude one, to 5 % (mean of 48 classes).",
        "within",
        figure="fig-pt-bulk",
    ),
    "bulk-all": Statement(
        "The fit gives AntiBERTy's heads the amplitude one, to 5 % (mean of 24 classes).",
        "reject",
        figure="fig-pt-bulk",
    ),
    "bulk-law": Statement(
        "In all 24 classes of heads the levels below the edge are as close to the fitted "
        "Marchenko-Pastur law as in random matrices (the worst of 48).",
        "reject",
        figure="fig-pt-bulk",
        lecture="Transformer: spectral density",
    ),
    "tail-twins": Statement(
        "The tail of a trained spectrum is longer than that of its random twin in half of the "
        "cases, and shorter in the other half.",
        "reject",
        figure="fig-pt-tail",
        lecture="Transformer: spectral density",
    ),
    "tail-heads": Statement(
        "In no class of AntiBERTy's heads is the fitted tail longer than one decade.",
        "within",
        figure="fig-pt-tail",
    ),
}

claim = partial(make_claim, "pretrained", CLAIMS)
