r"""The Coulomb gas: levels that repel logarithmically and sit in a potential.

The stationary law of the lecture, with Dyson's index left free, is

.. math::

    P(x_1,\dots,x_N) = \frac1Z \prod_{i<j}|x_i-x_j|^\beta \prod_i e^{-U_i(x_i)},
    \qquad U_i = V_i/g_i^2 .

Conventions
-----------
- A *potential* is a function that takes levels of shape (..., n) and returns :math:`U_i(x_i)` in
  the same shape: the *reduced* potential, in which drift and noise enter through their ratio only.
  It may differ from level to level (last axis) and is infinite where no level may go.
- Z is the integral over all of :math:`\mathbb R^N`; levels in order have :math:`Z/N!`.
- Samples come as (runs, time, n), levels ascending.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy import optimize, special, stats

from lecture_utils._checks import finite_array, positive, positive_int, shape_match

__all__ = [
    "GasSample",
    "effective_levels",
    "forces",
    "gaussian_potential",
    "laguerre_potential",
    "log_density",
    "log_partition_gaussian",
    "log_partition_laguerre",
    "log_repulsion",
    "one_cut",
    "quartic_density",
    "quartic_potential",
    "sample_gas",
    "simulate_pair",
]


# --- potentials and the joint density ------------------------------------------------------------


def gaussian_potential(sigma):
    r"""Return :math:`U(x) = x^2/2\sigma^2`, that is :math:`\sigma^2 = g^2/\Omega`."""
    width = positive("sigma", sigma)
    return lambda x: x**2 / (2 * width**2)


def quartic_potential(mu, lam, n):
    r"""Return :math:`U(x) = n\,(\mu x^2/2 + \lambda x^4/4)`, scaled so that n levels fill O(1)."""
    mu, lam = float(finite_array("mu", mu, ndim=0)), positive("lam", lam)
    n = positive_int("n", n)
    return lambda x: n * (mu / 2 + lam / 4 * x**2) * x**2


def laguerre_potential(m, n, sigma, beta=1.0):
    r"""Return the potential of the levels of :math:`W^TW` for m x n Gaussian W of scale `sigma`.

    .. math:: U(x) = \frac{x}{2\sigma^2} - \Big(\frac{\beta(m-n+1)}2-1\Big)\ln x, \qquad x > 0.
    """
    m = positive_int("m", m)
    n = positive_int("n", n, at_most=m, why="the number of rows m")
    width, power = positive("sigma", sigma), positive("beta", beta) * (m - n + 1) / 2 - 1

    def potential(x):
        inside = np.where(x > 0, x, 1.0)
        return np.where(x > 0, inside / (2 * width**2) - power * np.log(inside), np.inf)

    return potential


def log_repulsion(levels):
    r"""Return :math:`\sum_{i<j}\ln|x_i-x_j|` of levels (..., n), in any order."""
    levels = finite_array("levels", levels)
    first, second = np.triu_indices(levels.shape[-1], 1)
    with np.errstate(divide="ignore"):  # levels that coincide have no weight
        return np.log(np.abs(levels[..., first] - levels[..., second])).sum(axis=-1)


def log_density(levels, potential, beta=1.0):
    """Return the logarithm of the joint density without 1/Z.

    Parameters
    ----------
    levels : array_like, shape (..., n)
    potential : callable
        Reduced potential, see the module.
    beta : float
        Dyson's index.

    Returns
    -------
    ndarray, shape (...)
        Minus infinity where levels coincide or the potential is infinite.
    """
    levels = finite_array("levels", levels)
    return positive("beta", beta) * log_repulsion(levels) - _checked(potential, levels).sum(axis=-1)


def forces(levels, slope, beta=1.0):
    r"""Return :math:`-U'(x_i) + \sum_{j\ne i}\beta/(x_i-x_j)`, the gradient of the log density.

    Parameters
    ----------
    levels : array_like, shape (..., n)
        Distinct levels.
    slope : callable
        Derivative of the reduced potential; takes and returns arrays of this shape.
    beta : float

    Returns
    -------
    ndarray, shape (..., n)

    Raises
    ------
    ValueError
        If two levels coincide.
    """
    levels = finite_array("levels", levels)
    gaps = levels[..., :, None] - levels[..., None, :]
    gaps += np.where(np.eye(levels.shape[-1], dtype=bool), np.inf, 0.0)  # no force on itself
    if np.any(gaps == 0):
        raise ValueError("levels must be distinct, got two that coincide")
    return positive("beta", beta) * np.sum(1 / gaps, axis=-1) - slope(levels.copy())


def _checked(potential, levels):
    values = np.asarray(potential(levels.copy()), dtype=float)
    shape_match("potential(levels)", values, levels.shape, "the shape of levels")
    if np.any(np.isnan(values) | (values == -np.inf)):
        raise ValueError("potential must be a number or +inf, got NaN or -inf")
    return values


# --- partition functions -------------------------------------------------------------------------


def log_partition_gaussian(n, sigma, beta=1.0):
    r"""Return ln Z of the Gaussian gas: Mehta's integral.

    .. math::

        Z = (2\pi)^{N/2}\,\sigma^{N+\beta N(N-1)/2}
            \prod_{j=1}^N\frac{\Gamma(1+j\beta/2)}{\Gamma(1+\beta/2)}
        \;\overset{\beta=1}{=}\; 2^{3N/2}\,\sigma^{N(N+1)/2}\prod_{j=1}^N\Gamma(1+j/2) .

    Raises
    ------
    ValueError
        If an argument is not positive.

    References
    ----------
    Mehta, *Random Matrices* (3rd ed., 2004), eq. (17.6.7).
    """
    n = positive_int("n", n)
    sigma, beta = positive("sigma", sigma), positive("beta", beta)
    power = n + beta * n * (n - 1) / 2
    return float(n / 2 * np.log(2 * np.pi) + power * np.log(sigma) + _log_gamma_ratios(n, beta))


def log_partition_laguerre(m, n, sigma, beta=1.0):
    r"""Return ln Z of the Laguerre gas, whose potential is `laguerre_potential`.

    .. math::

        Z = (2\sigma^2)^{\beta NM/2}\prod_{j=1}^N
            \frac{\Gamma(1+j\beta/2)\,\Gamma(\beta(M-N+j)/2)}{\Gamma(1+\beta/2)} .

    Raises
    ------
    ValueError
        If an argument is not positive, or n > m.

    References
    ----------
    Mehta, *Random Matrices* (3rd ed., 2004), eq. (17.6.5).
    """
    m = positive_int("m", m)
    n = positive_int("n", n, at_most=m, why="the number of rows m")
    sigma, beta = positive("sigma", sigma), positive("beta", beta)
    walls = special.gammaln(beta / 2 * (m - n + np.arange(1, n + 1))).sum()
    return float(beta * n * m / 2 * np.log(2 * sigma**2) + walls + _log_gamma_ratios(n, beta))


def _log_gamma_ratios(n, beta):
    j = np.arange(1, n + 1)
    return np.sum(special.gammaln(1 + j * beta / 2) - special.gammaln(1 + beta / 2))


# --- sampling ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GasSample:
    """Levels of many independent runs of a sampler, with what is needed to trust them.

    Attributes
    ----------
    levels : ndarray, shape (runs, time, n)
        Ascending.
    acceptance : float
        Fraction of accepted displacements after the burn-in.
    step : float
        Standard deviation of a proposed displacement, as fixed by the burn-in.
    n_eff : float
        Number of independent configurations that know the mean square of a level as well as this
        sample does, from the scatter between runs (relative error sqrt(2 / runs)).
    """

    levels: np.ndarray
    acceptance: float
    step: float
    n_eff: float


def sample_gas(
    potential, start, *, runs, sweeps, burn_in=300, every=1, beta=1.0, mirror=False, rng
):
    """Draw levels of a Coulomb gas by Metropolis moves of one level at a time.

    All runs move together, each with its own random numbers. During the burn-in the step is
    tuned towards 44 % accepted moves and then frozen, since a step that keeps learning from the
    chain would change its law.

    Parameters
    ----------
    potential : callable
        Reduced potential, see the module.
    start : array_like, shape (n,)
        Distinct levels from which every run starts; quantiles of a guess at the density do well.
    runs, sweeps, burn_in : int
        Independent runs; sweeps (one trial for each level) kept, and thrown away before.
    every : int
        Keep every such sweep.
    beta : float
        Dyson's index.
    mirror : bool
        Try to reflect each level, x to -x, as well. Needed where the gas has two cuts: no small
        step crosses the gap between them.
    rng : numpy.random.Generator or int

    Returns
    -------
    GasSample

    Raises
    ------
    ValueError
        If an argument is out of range, the start has no weight, or the potential does not
        confine the levels: the density must be integrable.
    """
    start = finite_array("start", start, ndim=1)
    n, beta = start.size, positive("beta", beta)
    runs, sweeps = positive_int("runs", runs), positive_int("sweeps", sweeps)
    burn_in = positive_int("burn_in", burn_in)
    every = positive_int("every", every, at_most=sweeps, why="the number of sweeps")
    if not np.isfinite(log_density(start, potential, beta)):
        raise ValueError(f"start must be distinct levels where potential is finite, got {start}")
    _check_confining(potential, start, beta)
    rng = np.random.default_rng(rng)

    def energy(levels):  # levels are kept as (n, runs): one level of all runs is contiguous
        return _checked(potential, levels.T).T

    x = np.repeat(start[:, None], runs, axis=1)
    step = max(np.ptp(start), 1e-3) / n
    kept, accepted = [], 0.0
    for sweep in range(burn_in + sweeps):
        rate = _sweep(x, x + step * rng.standard_normal(x.shape), energy, beta, rng)
        if mirror:
            _sweep(x, -x, energy, beta, rng)
        if sweep < burn_in:
            step *= np.exp(rate - 0.44)
            continue
        accepted += rate / sweeps
        if (sweep - burn_in + 1) % every == 0:
            kept.append(np.sort(x, axis=0).T)
    levels = np.stack(kept, axis=1)
    return GasSample(levels, float(accepted), float(step), _independent(np.mean(levels**2, axis=2)))


def _sweep(x, proposal, energy, beta, rng):
    """Offer each level (row of x, in place) its proposal; return the fraction accepted."""
    with np.errstate(invalid="ignore"):
        weight = np.exp(np.clip(energy(x) - energy(proposal), None, 700))
    luck = rng.random(x.shape)
    accepted = 0
    for i, (new, old) in enumerate(zip(proposal, x, strict=True)):
        before, after = x - old, x - new
        before[i] = after[i] = 1.0  # the level itself
        # One product instead of 2 n logarithms.
        ratio = np.abs(np.prod(after / before, axis=0)) ** beta * weight[i]
        move = luck[i] < ratio
        accepted += np.count_nonzero(move)
        x[i] = np.where(move, new, old)
    return accepted / x.size


def _check_confining(potential, start, beta):
    """The potential must beat the repulsion and the volume, (1 + beta (n - 1)) ln |x|."""
    scale = np.max(np.abs(start)) + 1.0
    for side in (-scale, scale):
        far = side * np.array([1e4, 1e6])
        with np.errstate(over="ignore"):
            values = _checked(potential, np.repeat(far[:, None], start.size, axis=1))
        needed = (1 + beta * (start.size - 1)) * np.log(np.abs(far))
        near, farther = values - needed[:, None]
        if not np.all((farther > near) | (farther == np.inf)):
            raise ValueError(
                f"potential must confine {start.size} levels (grow faster than "
                f"{1 + beta * (start.size - 1):g} ln|x|), got U({far[1]:.3g}) = {values[1].min():g}"
            )


def _independent(series):
    """Number of independent values behind the mean of (runs, time), at most all of them."""
    if len(series) < 2:
        return 1.0
    error = series.mean(axis=1).var(ddof=1) / len(series)
    return float(min(series.var() / error, series.size)) if error > 0 else float(series.size)


def effective_levels(levels):
    """Return the number of independent levels that know the density as well as the sample.

    At each of nine deciles the scatter between runs of the fraction of levels below it is compared
    with that of independent levels. The smallest ratio counts, so that p-values err on the safe
    side.

    Parameters
    ----------
    levels : array_like, shape (runs, time, n)

    Returns
    -------
    float
        At most the number of values: repulsion makes levels *more* regular, which is not credited.
    """
    levels = finite_array("levels", levels, ndim=3)
    if len(levels) < 2:
        raise ValueError(f"levels must have at least 2 runs, got {len(levels)}")
    deciles = np.quantile(levels, np.linspace(0.1, 0.9, 9))
    below = np.stack([(levels < d).mean(axis=(1, 2)) for d in deciles])
    error = below.var(axis=1, ddof=1) / len(levels)
    mean = below.mean(axis=1)
    return float(min(levels.size, np.min(mean * (1 - mean) / np.maximum(error, 1e-300))))


def simulate_pair(repulsion, noise, *, stiffness=1.0, runs, time, steps, rng):
    r"""Integrate two levels in a harmonic trap, with any repulsion and noise for each.

    .. math:: dx_i = \Big[-\Omega x_i + \frac{c_i}{x_i-x_j}\Big]dt + \sqrt2\,g_i\,dB_i .

    The repulsion is taken at the end of a step. The gap then solves a quadratic equation with one
    positive root, so that levels keep their order at any step. All runs start one relaxed gap
    apart.

    Parameters
    ----------
    repulsion, noise : pair of float
        The :math:`c_i` and the :math:`g_i`, lower level first.
    stiffness : float
        :math:`\Omega`.
    runs, steps : int
    time : float
        Total time.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (runs, 2)
        Levels at the end, ascending.

    Raises
    ------
    ValueError
        If an argument is not positive, or the step is longer than a tenth of the relaxation time.
    """
    c = np.array([positive("repulsion", value) for value in repulsion])
    g = np.array([positive("noise", value) for value in noise])
    shape_match("repulsion", c, (2,), "one per level")
    shape_match("noise", g, (2,), "one per level")
    omega, runs = positive("stiffness", stiffness), positive_int("runs", runs)
    steps = positive_int("steps", steps)
    dt = positive("time", time) / steps
    if omega * dt > 0.1:
        raise ValueError(f"steps must be at least {10 * omega * time:.0f}, got {steps}")
    rng = np.random.default_rng(rng)
    away = np.array([-1.0, 1.0])
    x = np.tile(away * np.sqrt(c.sum() / (4 * omega)), (runs, 1))
    for _ in range(steps):
        x = (1 - omega * dt) * x + np.sqrt(2 * dt) * g * rng.standard_normal(x.shape)
        free = x[:, 1] - x[:, 0]
        gap = (free + np.sqrt(free**2 + 4 * c.sum() * dt)) / 2
        x += away * c * dt / gap[:, None]
    return x


# --- equilibrium densities -----------------------------------------------------------------------


class _OneCut(stats.rv_continuous):
    r"""Density :math:`\frac1\pi\sum_k b_k\sin k\theta` at x = cos(theta), with b_1 = 2."""

    def __init__(self, coefficients, **kwargs):
        self.coefficients = np.asarray(coefficients, dtype=float)
        kwargs |= {"a": -1.0, "b": 1.0, "momtype": 0}
        super().__init__(**kwargs)

    def _updated_ctor_param(self):
        # scipy builds a frozen law anew from these.
        return super()._updated_ctor_param() | {"coefficients": self.coefficients}

    def _pdf(self, x):
        theta = np.arccos(np.clip(x, -1, 1))
        k = np.arange(1, self.coefficients.size + 1)
        return np.maximum(np.sin(np.multiply.outer(theta, k)) @ self.coefficients / np.pi, 0)

    def _cdf(self, x):
        theta = np.arccos(np.clip(x, -1, 1))
        k = np.arange(2, self.coefficients.size + 1)
        waves = np.sin(np.multiply.outer(theta, k - 1)) / (k - 1)
        waves -= np.sin(np.multiply.outer(theta, k + 1)) / (k + 1)
        first = theta - np.sin(2 * theta) / 2
        return 1 - (first * self.coefficients[0] + waves @ self.coefficients[1:]) / (2 * np.pi)


def one_cut(slope, start=(0.0, 1.0), *, beta=1.0, terms=64):
    r"""Return the equilibrium density of a large gas that fills a single interval.

    The density minimises the energy of :math:`\prod|x_i-x_j|^\beta e^{-N\sum u(x_i)}`, so that
    :math:`\beta\,\mathrm{PV}\!\int\rho(y)\,dy/(x-y) = u'(x)` on the interval [c - h, c + h]. With
    :math:`x=c+h\cos\theta` and :math:`u'(x)/\beta=\sum_k a_k\cos k\theta` the solution is
    :math:`\rho=\frac1\pi\sum_k a_k\sin k\theta`, where c and h follow from :math:`a_0=0` (balance)
    and :math:`h a_1 = 2` (normalisation).

    Parameters
    ----------
    slope : callable
        :math:`u'`, smooth on the interval; takes and returns arrays.
    start : pair of float
        First guess at c and h.
    beta : float
    terms : int
        Number of Chebyshev coefficients.

    Returns
    -------
    scipy.stats frozen distribution

    Raises
    ------
    ValueError
        If no interval balances the gas, or its density would be negative: then it has more cuts.

    References
    ----------
    F. G. Tricomi, *Integral Equations* (1957), section 4.3 (the airfoil equation).
    """
    centre, half = finite_array("start", start, ndim=1)
    beta, terms = positive("beta", beta), positive_int("terms", terms)
    nodes = chebyshev.chebpts1(4 * terms)

    def coefficients(c, h):
        return chebyshev.chebfit(nodes, np.asarray(slope(c + h * nodes)) / beta, terms)

    def mismatch(parameters):
        c, h = parameters[0], np.exp(parameters[1])
        a = coefficients(c, h)
        return a[0] * h, a[1] * h - 2

    with np.errstate(all="ignore"):
        guess = centre, np.log(positive("half-width", half))
        if not np.all(np.isfinite(mismatch(guess))):
            raise ValueError(f"slope must be finite around start = {tuple(start)}")
        found = optimize.least_squares(mismatch, guess, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    if np.max(np.abs(found.fun)) > 1e-8:
        raise ValueError(f"slope must balance the gas on one interval near start = {tuple(start)}")
    centre, half = found.x[0], np.exp(found.x[1])
    b = half * coefficients(centre, half)[1:]
    angles = np.linspace(0, np.pi, 401)[1:-1]
    if np.min(np.sin(np.outer(angles, np.arange(1, b.size + 1))) @ b / np.sin(angles)) < -1e-6:
        raise ValueError("slope must give a density above zero, got a gas with more than one cut")
    return _OneCut(b, name="one_cut")(loc=centre, scale=half)


class _TwoCuts(stats.rv_continuous):
    """Even law whose square is a semicircle around `centre` of radius one."""

    def _argcheck(self, centre):
        return centre > 1

    def _get_support(self, centre):
        return -np.sqrt(centre + 1), np.sqrt(centre + 1)

    def _pdf(self, x, centre):
        return np.abs(x) * stats.semicircular.pdf(x**2, loc=centre)

    def _stats(self, centre):
        return 0.0, centre, 0.0, None  # the variance is the mean of the square

    def _cdf(self, x, centre):
        return (1 + np.sign(x) * stats.semicircular.cdf(x**2, loc=centre)) / 2


_two_cuts = _TwoCuts(momtype=0, name="two_cuts")


def quartic_density(mu, lam):
    r"""Return the equilibrium density of the gas in `quartic_potential`, for beta = 1.

    For :math:`\mu\ge-\sqrt{2\lambda}` one cut [-a, a] with
    :math:`\rho=(\lambda x^2+\mu+\lambda a^2/2)\sqrt{a^2-x^2}/\pi` and
    :math:`\mu a^2/2+3\lambda a^4/8=1`. Below that, two cuts,
    :math:`\rho=\lambda|x|\sqrt{(b^2-x^2)(x^2-a^2)}/\pi` with :math:`b^2+a^2=-2\mu/\lambda` and
    :math:`b^2-a^2=\sqrt{8/\lambda}`: the square of a level follows a semicircle.

    Parameters
    ----------
    mu : float
        Any finite number.
    lam : float
        Above zero.

    Returns
    -------
    scipy.stats frozen distribution

    Raises
    ------
    ValueError
        If `mu` is not finite or `lam` is not positive.

    References
    ----------
    E. Brezin, C. Itzykson, G. Parisi and J.-B. Zuber, Commun. Math. Phys. 59 (1978) 35, section 5.
    """
    mu, lam = float(finite_array("mu", mu, ndim=0)), positive("lam", lam)
    if mu < -np.sqrt(2 * lam):
        radius = np.sqrt(2 / lam)
        return _two_cuts(-mu / lam / radius, scale=np.sqrt(radius))
    edge = np.sqrt(4 / (mu + np.sqrt(mu**2 + 6 * lam)))  # positive root, without cancellation
    slope = [mu * edge**2 + 0.75 * lam * edge**4, 0.0, lam * edge**4 / 4]
    return _OneCut(slope, name="quartic_one_cut")(scale=edge)
