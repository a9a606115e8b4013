"""What theory says about a training."""

from dataclasses import KW_ONLY, dataclass

import numpy as np
from scipy.optimize.elementwise import find_root

from lecture_utils._checks import finite_array, one_of, positive, positive_int
from lecture_utils.rbm.machine import degenerate_pairs, dispersion

DATA = ("exact", "batches", "epochs")


@dataclass(frozen=True)
class Setting:
    r"""What is trained, how, and what theory says about it.

    Theory is linear response around the target, with one factor of batch noise: good to first
    order in :math:`\alpha/|B|`, exact in the memory of the chains, and exact in :math:`\alpha`
    where `variances` is concerned. Arrays follow the ascending levels, (n_visible,).

    Parameters
    ----------
    learning_rate : float
        :math:`\alpha`.
    batch_size : int
        :math:`|B|`: number of persistent chains, and size of a batch of data.
    sweeps : int
        k, Gibbs sweeps of the chains before each update.
    mu2, sigma_h, mass : float
    n_visible : int
    n_hidden : int, optional
        As `n_visible` if not given.
    data : {"exact", "batches", "epochs"}
        Data term: the covariance itself; batches of independent samples; or a finite data set
        that is reshuffled and dealt out in batches (theory then counts no noise from data).
    """

    learning_rate: float
    batch_size: int
    _: KW_ONLY
    sweeps: int = 3
    mu2: float = 9.0
    sigma_h: float = 1.0
    mass: float = 2.0
    n_visible: int = 10
    n_hidden: int | None = None
    data: str = "exact"

    def __post_init__(self):
        """Check all fields and fill in `n_hidden`."""
        for name in ("learning_rate", "mu2", "sigma_h", "mass"):
            object.__setattr__(self, name, positive(name, getattr(self, name)))
        if self.n_hidden is None:
            object.__setattr__(self, "n_hidden", self.n_visible)
        for name in ("batch_size", "sweeps", "n_visible", "n_hidden"):
            object.__setattr__(self, name, positive_int(name, getattr(self, name)))
        one_of("data", self.data, DATA)

    @property
    def kappa(self):
        """Eigenvalues of the target's kernel, descending."""
        return dispersion(self.n_visible, self.mass)

    @property
    def targets(self):
        r"""Levels of the best machine: :math:`x^*`, or 0 for modes out of its reach.

        Out of reach are modes with :math:`\kappa>\mu^2`, and the stiffest ones if there are fewer
        hidden than visible units.
        """
        x = np.maximum(self.mu2 - self.kappa, 0) / self.sigma_h**2
        x[: max(0, self.n_visible - self.n_hidden)] = 0
        return x

    @property
    def pairs(self):
        """Positions (pairs, 2) of the degenerate pairs, infrared first."""
        return degenerate_pairs(self.n_visible)

    @property
    def rates(self):
        r"""Relaxation :math:`\Omega_{ij}=\sigma_h^4(x_i+x_j)/\kappa_i\kappa_j` of :math:`Y_{ij}`.

        Shape (n_visible, n_visible), per unit of learning rate times steps.
        """
        x = self._reached()
        return self.sigma_h**4 * np.add.outer(x, x) / np.outer(self.kappa, self.kappa)

    @property
    def memory(self):
        r"""Part :math:`p_{ij}` of the chains' second moments that survives k sweeps, (n, n)."""
        r = self.sigma_h**2 * self.targets / self.mu2
        return np.outer(r, r) ** self.sweeps

    @property
    def variances(self):
        r"""Stationary variances of the elements of :math:`WW^T` in the target's basis, (n, n).

        In a degenerate pair the diagonal is :math:`\sigma^2`, the rest half of it: GOE.
        """
        return self._moments()[0]

    @property
    def sigma2(self):
        r""":math:`\sigma_i^2`; :math:`2x_i\alpha/|B|` at leading order, exact data and p = 0."""
        return np.diag(self.variances)

    @property
    def noise2(self):
        r""":math:`\tilde g_i^2=4\sigma_h^4x_i^2/\kappa_i^2\,[(1+p)/(1-p)+\text{data}]`.

        The noise of a level in the slow limit: ``sigma2`` tends to learning_rate/batch_size times
        ``noise2 / diag(rates)``.
        """
        p = np.diag(self.memory)
        single = (self._reached() / self.kappa) ** 2
        return 4 * self.sigma_h**4 * single * ((1 + p) / (1 - p) + self._data_noise)

    @property
    def shifts(self):
        r"""Mean of :math:`(WW^T)_{ii}` less its target: there is no perfect learning."""
        variance, chains, post, noise = self._moments()
        s2, kappa, k = self.sigma_h**2, self.kappa, self.sweeps
        r = s2 * self.targets / self.mu2
        # Derivative of the k-th power of a matrix with eigenvalues r.
        powers = r[:, None, None] ** np.arange(k) * r[:, None] ** np.arange(k)[::-1]
        mixing = 2 * (r**k / (1 - r ** (2 * k)))[:, None] * s2 / self.mu2 * powers.sum(axis=-1)
        lag = mixing * (post - s2 * variance / np.outer(kappa, kappa))
        mean_chains = -self.learning_rate * s2 / 2 * (chains + noise).sum(axis=1)
        curvature = s2**2 * (variance / kappa).sum(axis=1) / kappa**2
        return kappa**2 / s2 * (mean_chains - curvature - lag.sum(axis=1))

    @property
    def level_shifts(self):
        """Mean of each level less its target; for a pair, of the mean of its two levels.

        The `shifts`, and the push of all levels that are not in the same pair.
        """
        return self.shifts + (self.variances * self._inverse_gaps()).sum(axis=1)

    @property
    def squeeze(self):
        r"""Relative change of a pair's mean square spacing by its neighbours, (pairs,).

        Sorted levels feel the elements of :math:`WW^T` that connect a pair to other levels;
        the block of the pair alone does not. Degenerate perturbation theory to third order, for
        normal elements: :math:`-\sum_j\bigl(2V_j-V_j^2/V\bigr)/(x-x_j)^2`, V inside the pair, off
        the diagonal. Third cumulants of real training add to it at the same order.
        """
        i, partner = self.pairs.T
        v, inside = self.variances[i], self.variances[i, partner][:, None]
        return -((2 * v - v**2 / inside) * self._inverse_gaps()[i] ** 2).sum(axis=1)

    @property
    def relaxation_steps(self):
        """Steps after which a deviation of each level has fallen by a factor e."""
        return 1 / (self.learning_rate * np.diag(self.rates))

    def flow(self, time, start):
        """Level of each mode under exact gradients, eigenvectors aligned with the target.

        Parameters
        ----------
        time : array_like, shape (times,)
            Learning rate times number of steps.
        start : float
            Level at time zero, below all targets.

        Returns
        -------
        ndarray, shape (times, n_visible)
        """
        time = finite_array("time", time, 1)[:, None]
        self.flow_time(start, start)
        # As a function of y = log(x/(x* - x)) time is smooth, with a slope that never vanishes.
        origin = np.log(start / (self.targets - start))
        reach = 4 * self.sigma_h**4 * self.targets / self.kappa**2 * np.abs(time).max() + 1
        end = find_root(
            lambda y, late, *mode: self._time_of(y, *mode) - late,
            (origin - reach, origin + reach),
            args=(time + self._time_of(origin, self.targets, self.kappa), self.targets, self.kappa),
        )
        return self.targets / (1 + np.exp(-end.x))

    def flow_time(self, x, start):
        r"""Time of each mode from level `start` to level x under exact gradients, closed form.

        :math:`\dot x=2\sigma_h^4x(x^*-x)/[\kappa(\mu^2-\sigma_h^2x)]`, hence
        :math:`t=\frac{\kappa}{2\sigma_h^4x^*}\bigl[\mu^2\ln\frac{x}{x_0}
        -\kappa\ln\frac{x^*-x}{x^*-x_0}\bigr]`.

        Parameters
        ----------
        x : array_like, shape (..., n_visible)
            Between zero and the targets.
        start : float

        Returns
        -------
        ndarray, shape (..., n_visible)
        """
        target = self._reached()
        start = positive("start", start)
        x = finite_array("x", x)
        if start >= target.min() or np.any(x <= 0) or np.any(x >= target):
            raise ValueError(
                f"x and start must lie between 0 and the targets {target}, got {x} and {start}"
            )
        ends = np.log(start / (target - start)), np.log(x / (target - x))
        begin, end = (self._time_of(y, target, self.kappa) for y in ends)
        return end - begin

    def _time_of(self, y, target, kappa):
        """Time at which a mode reaches y = log(x/(x* - x)), up to a constant."""
        logs = kappa * np.logaddexp(0, y) - self.mu2 * np.logaddexp(0, -y)
        return kappa / (2 * self.sigma_h**4 * target) * logs

    @property
    def _data_noise(self):
        return 1.0 if self.data == "batches" else 0.0

    def _reached(self):
        """Return the targets; theory needs all of them above zero."""
        x = self.targets
        if x.min() <= 0:
            raise ValueError(
                f"mu2 must exceed {self.kappa.max():.4g} (the largest kappa) and n_hidden reach"
                f" {self.n_visible} (n_visible) for theory, got {self.mu2} and {self.n_hidden}"
            )
        return x

    def _inverse_gaps(self):
        """1/(x_i - x_j), zero inside a pair; (n, n)."""
        gaps = np.subtract.outer(self.targets, self.targets)
        apart = np.abs(gaps) > 1e-9 * self.mu2
        return np.divide(1.0, gaps, out=np.zeros_like(gaps), where=apart)

    def _moments(self):
        r"""Stationary second moments of the linear recursion for each element ij, all (n, n).

        With :math:`a=\alpha\sigma_h^2(x_i+x_j)`, :math:`b=\sigma_h^2/\kappa_i\kappa_j`:
        chains :math:`c'=pc+(1-p)by+\zeta`, then :math:`y'=y-a(c'-d)`. Returns the variances of y
        and c, their covariance after an update, and the variance of the data's noise d.
        """
        p, step = self.memory, self.learning_rate * self.rates
        x, kappa, data = self.targets, self.kappa, self._data_noise
        single = (1 + np.eye(self.n_visible)) / (self.batch_size * np.outer(kappa, kappa))
        m = (1 + p) / (1 - p)
        if np.any(step >= 2 * m):
            raise ValueError(
                f"learning_rate must be below {self.learning_rate * np.min(2 * m / step):.4g}"
                f" (the limit of stability), got {self.learning_rate}"
            )
        a = self.learning_rate * self.sigma_h**2 * np.add.outer(x, x)
        chains = single * (1 + step * data / 2) / (1 - step / (2 * m))
        noise = data * single
        variance = a**2 / (2 * step) * (m * chains + noise)
        return variance, chains, a * (noise - chains) / 2, noise
