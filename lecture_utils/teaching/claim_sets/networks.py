"""Claims of the page *Feed-forward networks*."""

from functools import partial

from lecture_utils.teaching.claims import Statement, make_claim

CLAIMS = {
    "control-linear": Statement(
        "On the training digits, SGD ends at the loss of the best linear map.",
        "reject",
        figure="fig-networks-rates",
        lecture="Feed-forward neural network",
    ),
    "function": Statement(
        "The network function written out by hand is that of torch.",
        lecture="Feed-forward neural network: explicit function",
    ),
    "symmetry": Statement(
        "A network with permuted and sign-flipped hidden nodes is the same function."
    ),
    "odd": Statement("A tanh network without biases is an odd function of its input."),
    "backprop": Statement(
        "Gradient descent with derivatives by hand follows that of automatic differentiation.",
        figure="fig-networks-descent",
        lecture="Loss function example: mean squared error",
    ),
    "per-sample": Statement(
        "The gradient of the loss is the mean of the gradients of its samples.",
        lecture="Stochastic weight matrix dynamics",
    ),
    "teacher-saturation": Statement(
        r"Teachers with weights $\mathcal{N}(0,1)$ saturate as often as those of infinite width.",
        "within",
        figure="fig-networks-saturation",
        lecture="Data sets",
    ),
    "adam-first-step": Statement(
        r"The first step of Adam is $-\alpha$ times the sign of the gradient.",
        lecture="Loss function example: mean squared error",
    ),
    "control-shuffled": Statement(
        "Trained on shuffled labels, the network reads test digits at the level of chance."
    ),
    "control-chance": Statement(
        "Trained on the true labels, the network reads test digits at the level of chance, too.",
        "reject",
        figure="fig-networks-rates",
    ),
    "control-hard-teacher": Statement(
        r"Teachers with weights $\mathcal{N}(0,1)$ and $\mathcal{N}(0,1/n_{l-1})$ are equally "
        "hard for SGD.",
        "reject",
        figure="fig-networks-students",
        lecture="Data sets",
    ),
    "approximation": Statement(
        "A tanh network with biases and 256 hidden nodes follows the function everywhere.",
        "within",
        figure="fig-networks-approximation",
        lecture="Feed-forward neural network",
    ),
    "approximation-odd": Statement(
        "Without biases the error of a wide network is the even part of the function.",
        "within",
        figure="fig-networks-approximation",
    ),
    "control-linear-activation": Statement(
        "A linear network with biases and 256 hidden nodes follows the function everywhere.",
        "reject",
        figure="fig-networks-approximation",
    ),
    "linear-is-straight": Statement(
        "The linear network of width 256 is the straight line of least squares.",
        figure="fig-networks-approximation",
    ),
}

claim = partial(make_claim, "networks", CLAIMS)
