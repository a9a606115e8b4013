"""Claims of the page *Feed-forward networks*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "control-linear": Statement(
        "After 600 steps at its best rate, SGD has the training loss of the best linear map on "
        "the digits.",
        "reject",
        figure="fig-networks-rates",
        lecture="Feed-forward neural network",
    ),
    "function": Statement(
        "The network function written out by hand gives the outputs of torch (widths 3, 32, 16, "
        "1).",
        lecture="Feed-forward neural network: explicit function",
    ),
    "symmetry": Statement(
        "A network whose nodes of one hidden layer are permuted and flipped in sign has the "
        "same outputs."
    ),
    "odd": Statement("A tanh network without biases has opposite outputs for opposite inputs."),
    "backprop": Statement(
        "Gradient descent with derivatives by hand has the losses of automatic differentiation, "
        "at three learning rates.",
        figure="fig-networks-descent",
        lecture="Loss function example: mean squared error",
    ),
    "per-sample": Statement(
        "The gradient of the loss is the mean of the gradients of its samples.",
        figure="",
        lecture="Stochastic weight matrix dynamics",
    ),
    "teacher-saturation": Statement(
        r"Second-layer features of teachers with weights $\mathcal{N}(0,1)$ saturate, "
        r"$|\phi|>0.99$, as often as at infinite width.",
        "within",
        figure="fig-networks-saturation",
        lecture="Data sets",
    ),
    "adam-first-step": Statement(
        r"The first step of Adam is $-\alpha$ times the sign of the gradient, in every weight.",
        lecture="Loss function example: mean squared error",
    ),
    "control-shuffled": Statement(
        "Trained on shuffled labels, networks read a tenth of the test digits correctly, as by "
        "chance."
    ),
    "control-chance": Statement(
        "Trained on the true labels, networks read a tenth of the test digits correctly, as by "
        "chance.",
        "reject",
    ),
    "control-hard-teacher": Statement(
        r"After the same lessons with SGD, students of teachers with $\mathcal{N}(0,1)$ and "
        r"$\mathcal{N}(0,1/n_{l-1})$ have the same test loss (mean logarithm).",
        "reject",
        figure="fig-networks-students",
        lecture="Data sets",
    ),
    "approximation": Statement(
        "A tanh network with biases, 256 random hidden nodes and the best last layer follows "
        "the function everywhere, to 5 %.",
        "within",
        figure="fig-networks-approximation",
        lecture="Feed-forward neural network",
    ),
    "approximation-odd": Statement(
        "Without biases the error of a tanh network of width 256 is that of the even part "
        "alone, to 2 % (median of twenty).",
        "within",
        figure="fig-networks-approximation",
    ),
    "control-linear-activation": Statement(
        "A linear network with biases, 256 random hidden nodes and the best last layer follows "
        "the function everywhere, to 5 %.",
        "reject",
        figure="fig-networks-approximation",
    ),
    "linear-is-straight": Statement(
        "A linear network of width 256 with the best last layer is the straight line of least "
        "squares.",
        figure="fig-networks-approximation",
    ),
}

claim = partial(make_claim, "networks", CLAIMS)
