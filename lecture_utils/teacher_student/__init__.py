r"""A student network learns from a teacher: many runs at once, for phase diagrams.

Teacher and student are networks [3, 32, 16, 1] with tanh and without biases,

.. math:: \hat y = W_3\,\phi, \qquad \phi = \tanh(W_2\tanh(W_1 x)),

with weights :math:`N(0, \sigma_W^2/n_{\rm in})` (teacher: :math:`\sigma_W = 1`), inputs
:math:`N(0, 1)`, loss :math:`\tfrac12\langle(\hat y-y)^2\rangle` and plain SGD. Two set-ups:

* ``layers="middle"``, the published phase diagram: the student has the teacher's first and last
  layer and learns only the middle matrix; a fixed data set is cycled in the same order.
* ``layers="all"``: all layers learn.

Conventions: the temperature is :math:`T=\alpha/|B|`, time counts updates. Weights are a triple
``(first, middle, last)`` of arrays ``(runs, 32, 3)``, ``(runs, 16, 32)``, ``(runs, 1, 16)``, and
``(runs, time, ...)`` along a training. The published diagram is in arXiv:2509.01349.

``python -m lecture_utils.teacher_student --help`` tells how to make the maps at full statistics.
"""

from lecture_utils.teacher_student.boundaries import (
    cycled_stability_limit,
    kernel_time,
    output_gradients,
    saddle_time,
    stability_limit,
)
from lecture_utils.teacher_student.maps import FULL, observe_points, summarise
from lecture_utils.teacher_student.network import (
    LAYERS,
    Problem,
    draw_problem,
    features,
    gradients,
    middle_step,
    step,
)
from lecture_utils.teacher_student.observing import (
    Observables,
    observables,
    singular_values,
    two_time_correlation,
)
from lecture_utils.teacher_student.training import Trajectory, train_all, train_middle

__all__ = [
    "FULL",
    "LAYERS",
    "Observables",
    "Problem",
    "Trajectory",
    "cycled_stability_limit",
    "draw_problem",
    "features",
    "gradients",
    "kernel_time",
    "middle_step",
    "observables",
    "observe_points",
    "output_gradients",
    "saddle_time",
    "singular_values",
    "stability_limit",
    "step",
    "summarise",
    "train_all",
    "train_middle",
    "two_time_correlation",
]
