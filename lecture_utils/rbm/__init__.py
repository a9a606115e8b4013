r"""The Gaussian restricted Boltzmann machine: trained, sampled, and predicted without a fit.

The model
---------
Visible units :math:`\phi` and hidden units h have the joint density :math:`e^{-S}/Z`,

.. math:: S(\phi, h) = \tfrac12\mu^2\phi^T\phi + \frac{h^Th}{2\sigma_h^2} - \phi^TWh .

Integrating h out leaves a Gaussian with kernel (inverse covariance)
:math:`K=\mu^2-\sigma_h^2WW^T`: the machine exists as long as K is positive definite. The target
is a free scalar field on a ring; the eigenvalues :math:`\kappa` of its kernel, :math:`m^2` plus the
Laplacian of the lattice, come in degenerate pairs. A perfect machine has levels
:math:`x^*=(\mu^2-\kappa)/\sigma_h^2` of :math:`WW^T`. One update is

.. math:: W' = W + \alpha\,\sigma_h^2\,(C_\mathrm{data}-C_\mathrm{model})\,W,

with h averaged out, and :math:`C_\mathrm{model}` the second moments of :math:`|B|` Markov chains
which k sweeps carry on from the last update (persistent contrastive divergence).

Conventions: :math:`W` is (visible, hidden), runs come first, levels last and ascending; so the
softest, infrared mode is the *last* level. Pairs are numbered from the infrared.

References
----------
G. Aarts, B. Lucini and C. Park, Phys. Rev. D 109 (2024) 034521 (the model, the regulator) and
Phys. Rev. E 111 (2025) 015303 (its matrix dynamics, the published spacings).
"""

from lecture_utils.rbm.full import FULL, PUBLISHED, full_statistics, group_statistics
from lecture_utils.rbm.levels import (
    block_spacings,
    dyson_levels,
    in_basis,
    linearised_products,
    pair_blocks,
    pair_spacings,
)
from lecture_utils.rbm.machine import (
    action,
    degenerate_pairs,
    dispersion,
    fourier_basis,
    gibbs,
    gradient,
    kernel,
    lattice_kernel,
    log_likelihood,
    sample,
    sample_hidden,
    sample_visible,
)
from lecture_utils.rbm.theory import Setting
from lecture_utils.rbm.training import (
    Training,
    log_spaced_steps,
    stationary,
    train,
    train_exactly,
)

__all__ = [
    "FULL",
    "PUBLISHED",
    "Setting",
    "Training",
    "action",
    "block_spacings",
    "degenerate_pairs",
    "dispersion",
    "dyson_levels",
    "fourier_basis",
    "full_statistics",
    "gibbs",
    "gradient",
    "group_statistics",
    "in_basis",
    "kernel",
    "lattice_kernel",
    "linearised_products",
    "log_likelihood",
    "log_spaced_steps",
    "pair_blocks",
    "pair_spacings",
    "sample",
    "sample_hidden",
    "sample_visible",
    "stationary",
    "train",
    "train_exactly",
]
