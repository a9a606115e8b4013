r"""Dyson Brownian motion: random matrices that move, and their levels.

Conventions
-----------
The matrix obeys :math:`dX = -\Omega X\,dt + \frac{g}{\sqrt2}(dG + dG^T)` with independent standard
Brownian motions in :math:`G`: variance :math:`2g^2dt` for a diagonal increment, :math:`g^2dt` for
each real component of an off-diagonal one. The levels then obey

.. math:: dx_i = \Bigl[K(x_i) + \sum_{j\ne i}\frac{\beta g^2}{x_i-x_j}\Bigr]dt + \sqrt2\,g\,dB_i,
          \qquad K(x) = -\Omega x,

and relax to the Gaussian ensemble of `ensembles.gaussian_spectra` with :math:`\sigma^2=g^2/\Omega`.
``omega = 0`` is free Brownian motion. Rectangular weights obey
:math:`dW = -\gamma W\,dt + \kappa\,dB`, with M rows and N columns, M >= N.

Shapes: replicas first, levels last and ascending, ``(replicas, n)``; with times
``(replicas, times, n)``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize.elementwise import find_root

from lecture_utils._checks import finite, finite_array, positive, positive_int
from lecture_utils.ensembles import gaussian_matrices, kramers_levels

#: Matrices are diagonalised in blocks of about this many numbers, so that they stay in the cache.
BLOCK = 2**17

# ------------------------------------------------------------------ the exact step of a matrix


def ornstein_uhlenbeck(dt, omega=1.0, g=1.0):
    r"""Memory a and noise s of the exact step :math:`X\to aX+s\,\mathrm{GOE}(\sigma=1)`.

    Parameters
    ----------
    dt : float
        Time step, at least zero.
    omega : float
        Relaxation rate; zero means free Brownian motion.
    g : float
        Strength of the noise.

    Returns
    -------
    tuple of float
        :math:`a=e^{-\Omega dt}` and :math:`s^2=(1-a^2)\,g^2/\Omega`, which is :math:`2g^2dt` for
        `omega` = 0.

    Raises
    ------
    ValueError
        If `dt` or `omega` is negative or `g` is not positive.
    """
    dt, omega = _not_negative("dt", dt), _not_negative("omega", omega)
    variance = -np.expm1(-2 * omega * dt) / omega if omega > 0 else 2 * dt
    return float(np.exp(-omega * dt)), float(positive("g", g) * np.sqrt(variance))


def exact_step(levels, dt, *, omega=1.0, g=1.0, beta=1, rng):
    r"""Move levels by a step of any length, without error.

    The noise does not care about the basis, so the matrix may be taken diagonal before each step:
    :math:`x' = \mathrm{eig}[\mathrm{diag}(a x) + s\,\mathrm{GOE}]`.

    Parameters
    ----------
    levels : array_like, shape (replicas, n)
    dt, omega, g : float
        As in `ornstein_uhlenbeck`.
    beta : {1, 2, 4}
        Real symmetric, complex Hermitian, quaternionic.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (replicas, n)

    Raises
    ------
    ValueError
        If `levels` is not a finite two-dimensional array or another argument is out of range.
    """
    levels = finite_array("levels", levels, ndim=2)
    memory, noise = ornstein_uhlenbeck(dt, omega, g)
    rng = np.random.default_rng(rng)
    if noise == 0:
        return levels.copy()
    replicas, n = levels.shape
    moved = np.empty_like(levels)
    block = max(1, BLOCK // n**2)
    for first in range(0, replicas, block):
        part = memory * levels[first : first + block]
        matrices = gaussian_matrices(len(part), n, beta=beta, sigma=noise, rng=rng)
        size = np.arange(matrices.shape[-1])  # 2 n for beta = 4, where each level appears twice
        matrices[:, size, size] += part[:, size % n]
        solve = kramers_levels if beta == 4 else np.linalg.eigvalsh
        moved[first : first + block] = solve(matrices)
    return moved


def level_paths(start, times, *, omega=1.0, g=1.0, beta=1, rng):
    """Follow levels from `start` through given times by exact steps.

    Parameters
    ----------
    start : array_like, shape (replicas, n)
        Levels at time zero. Equal levels are welcome: all zero is the empty matrix.
    times : array_like, shape (times,)
        Ascending, not negative; any spacing.
    omega, g, beta, rng
        As in `exact_step`.

    Returns
    -------
    ndarray, shape (replicas, times, n)

    Raises
    ------
    ValueError
        If the times do not ascend from zero or another argument is out of range.
    """
    levels = finite_array("start", start, ndim=2)
    rng = np.random.default_rng(rng)
    path = []
    for dt in _intervals(times):
        levels = exact_step(levels, dt, omega=omega, g=g, beta=beta, rng=rng)
        path.append(levels)
    return np.stack(path, axis=1)


def matrix_paths(start, times, *, omega=1.0, g=1.0, rng):
    """Follow whole symmetric matrices, eigenvectors included, by exact steps.

    Parameters
    ----------
    start : array_like, shape (replicas, n, n)
        Symmetric matrices at time zero.
    times, omega, g, rng
        As in `level_paths`.

    Returns
    -------
    ndarray, shape (replicas, times, n, n)

    Raises
    ------
    ValueError
        If `start` is not symmetric, the times do not ascend, or an argument is out of range.
    """
    matrices = finite_array("start", start, ndim=3)
    replicas, n, columns = matrices.shape
    if n != columns or not np.array_equal(matrices, matrices.swapaxes(1, 2)):
        raise ValueError(f"start must hold symmetric matrices, got shape {matrices.shape}")
    rng = np.random.default_rng(rng)
    path = []
    for dt in _intervals(times):
        memory, noise = ornstein_uhlenbeck(dt, omega, g)
        matrices = memory * matrices + noise * gaussian_matrices(replicas, n, rng=rng)
        path.append(matrices)
    return np.stack(path, axis=1)


# ------------------------------------------------------------------ the levels alone


@dataclass(frozen=True)
class EulerRun:
    """Levels (replicas, n) after the last step; ``diverged`` (replicas,) marks lost replicas."""

    levels: np.ndarray
    diverged: np.ndarray


def coulomb(levels, smallest_gap=0.0):
    r"""Repulsion :math:`\sum_{j\ne i} 1/(x_i-x_j)` of each level.

    Parameters
    ----------
    levels : array_like, shape (..., n)
        In any order.
    smallest_gap : float
        Gaps below it push as if they were as wide.

    Returns
    -------
    ndarray, shape (..., n)
        Infinite where two levels coincide and `smallest_gap` is zero.

    Raises
    ------
    ValueError
        If `smallest_gap` is negative.
    """
    return _repulsion(finite_array("levels", levels), _not_negative("smallest_gap", smallest_gap))


def _repulsion(levels, smallest_gap):
    """`coulomb` of levels that may have diverged."""
    force = np.zeros_like(levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(1, levels.shape[-1]):
            gap = levels[..., k:] - levels[..., :-k]
            push = 1 / np.copysign(np.maximum(np.abs(gap), smallest_gap), gap)
            force[..., k:] += push
            force[..., :-k] -= push
    return force


def euler(levels, dt, steps, *, drift, g=1.0, beta=1.0, clip=0.5, rng):
    r"""Integrate the equation of the levels by Euler and Maruyama's scheme, sorted in every step.

    Gaps below ``clip`` times :math:`\sqrt{2dt}\,g`, the distance that noise covers in one step,
    push as if they were as wide. This keeps every kick as small as the noise, and is accurate as
    long as dt is small against the squared mean gap over :math:`g^2` (one fiftieth is).
    With ``clip = 0`` it is the obvious scheme, whose levels have no mean.

    Parameters
    ----------
    levels : array_like, shape (replicas, n)
        Ascending.
    dt : float
    steps : int
    drift : callable
        ``drift(x)``, elementwise: :math:`K(x)`.
    g, beta : float
        Noise and repulsion; any ``beta >= 0``.
    clip : float
    rng : numpy.random.Generator or int

    Returns
    -------
    EulerRun
        A replica is lost once a level is not finite; its levels are NaN from then on.

    Raises
    ------
    ValueError
        If `levels` is not a finite two-dimensional array or another argument is out of range.
    """
    levels = np.sort(finite_array("levels", levels, ndim=2))
    dt, g = positive("dt", dt), positive("g", g)
    beta, clip = _not_negative("beta", beta), _not_negative("clip", clip)
    noise = np.sqrt(2 * dt) * g
    rng = np.random.default_rng(rng)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(positive_int("steps", steps)):
            force = drift(levels.copy())
            if beta > 0:
                force = force + beta * g**2 * _repulsion(levels, clip * noise)
            levels = levels + force * dt + noise * rng.standard_normal(levels.shape)
            levels.sort(axis=-1)
    diverged = ~np.isfinite(levels).all(axis=-1)
    return EulerRun(np.where(diverged[:, None], np.nan, levels), diverged)


def strang(levels, dt, steps, *, drift, omega=0.0, g=1.0, beta=1, rng):
    r"""Integrate levels in any potential: exact matrix steps between half steps of the drift.

    Of the full drift :math:`K(x)=-\Omega x+`\ `drift`\ (x) the linear part is inside the exact
    step. Each half step moves along `drift` by the midpoint rule. Second order in dt, no
    collisions.

    Parameters
    ----------
    levels : array_like, shape (replicas, n)
    dt : float
    steps : int
    drift : callable
        Elementwise, monotone enough for the flow not to cross levels.
    omega, g, beta, rng
        As in `exact_step`.

    Returns
    -------
    ndarray, shape (replicas, n)

    Raises
    ------
    ValueError
        If an argument is out of range.
    FloatingPointError
        If levels run away: dt is too large for the drift at the outermost level.
    """
    levels = finite_array("levels", levels, ndim=2)
    rng = np.random.default_rng(rng)
    half = positive("dt", dt) / 2

    def flow(x):
        with np.errstate(over="ignore", invalid="ignore"):
            moved = x + half * drift(x + half / 2 * drift(x.copy()))
        lost = np.count_nonzero(~np.isfinite(moved).all(axis=1))
        if lost:
            raise FloatingPointError(
                f"levels ran away in {lost} of {len(x)} replicas: dt = {dt} is too large here"
            )
        return moved

    for _ in range(positive_int("steps", steps)):
        levels = exact_step(flow(levels), dt, omega=omega, g=g, beta=beta, rng=rng)
        levels = flow(levels)
    return levels


def first_passage(
    gap, threshold, replicas, *, g=1.0, omega=1.0, beta=1, resolution=0.1, bridge=True, rng
):
    r"""Times at which the gap S of two levels first falls to a threshold.

    The gap is the distance from the origin of a walk in beta + 1 dimensions, for beta = 1 the plane
    walk :math:`(X_{11}-X_{22},\,2X_{12})`. Steps are exact and shrink with the gap: the walk moves
    about `resolution` times S in each. A walk that is beyond the threshold at both ends of a step
    may have been below it in between: `bridge` adds the probability of that (a Brownian bridge).

    Parameters
    ----------
    gap, threshold : float
        Start and end, gap > threshold > 0.
    replicas : int
    g, omega : float
    beta : {0, 1, 2, 4}
        0: two diagonal entries that do not know of each other.
    resolution : float
        Below one.
    bridge : bool
        False looks at the ends of steps only: passages are missed, and times come out too long.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (replicas,)

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    gap, threshold = positive("gap", gap), positive("threshold", threshold)
    if threshold >= gap:
        raise ValueError(f"threshold must be below the gap {gap}, got {threshold}")
    if beta not in (0, 1, 2, 4):
        raise ValueError(f"beta must be 0, 1, 2 or 4, got {beta!r}")
    if not 0 < resolution < 1:
        raise ValueError(f"resolution must lie between 0 and 1, got {resolution}")
    omega, g = positive("omega", omega), positive("g", g)
    rng = np.random.default_rng(rng)
    times = np.zeros(positive_int("replicas", replicas))
    walk = np.zeros((len(times), beta + 1))
    walk[:, 0] = gap
    distance, walking = np.full(len(times), gap), np.arange(len(times))
    while walking.size:
        # sigma^2 = g^2 / omega; a component of the walk has variance 4 g^2 dt in a short step.
        dt = resolution**2 / omega * np.minimum(1.0, omega * distance**2 / (4 * g**2))
        memory = np.exp(-omega * dt)
        spread = g * np.sqrt(2 * (1 - memory**2) / omega)
        walk = memory[:, None] * walk + spread[:, None] * rng.standard_normal(walk.shape)
        before, distance = distance, np.linalg.norm(walk, axis=1)
        times[walking] += dt
        margins = np.maximum(before - threshold, 0) * np.maximum(distance - threshold, 0)
        passed = distance <= threshold
        if bridge:
            passed |= rng.random(len(passed)) < np.exp(-2 * margins / spread**2)
        walk, distance, walking = walk[~passed], distance[~passed], walking[~passed]
    return times


# ------------------------------------------------------------------ the density of many levels


@dataclass(frozen=True)
class Density:
    """A density on a grid ``x`` (k,), with its values and its distribution function there.

    It answers like a frozen law of scipy: `pdf`, `cdf`, `support`.
    """

    x: np.ndarray
    values: np.ndarray
    below: np.ndarray

    def pdf(self, x):
        """Density at `x`, any shape."""
        return np.interp(x, self.x, self.values, left=0, right=0)

    def cdf(self, x):
        """Fraction of levels below `x`, any shape."""
        return np.interp(x, self.x, self.below)

    def support(self):
        """First and last point of the grid where the density does not vanish."""
        return tuple(self.x[self.values > 0][[0, -1]])


def free_convolution(start, variance, points=801):
    r"""Density of many levels after semicircular noise was added to a matrix with levels `start`.

    Solves :math:`G(z)=G_0(z-vG(z))`, the solution of Burgers' equation
    :math:`\partial_vG+G\,\partial_zG=0` at "time" v, for a start of any shape. On the curve
    :math:`z - vG = u + iy(u)` on which z is real, y is fixed by one monotone equation for each u,

    .. math:: \frac1n\sum_k\frac1{(u-x_k)^2+y^2}=\frac1v, \qquad
              x = u+\frac vn\sum_k\frac{u-x_k}{(u-x_k)^2+y^2}, \qquad \rho(x)=\frac y{\pi v}.

    Parameters
    ----------
    start : array_like, shape (k,)
        Levels, or quantiles of a law, of the matrix without noise.
    variance : float
        Variance v of the semicircle; :math:`\beta N s^2/2` for noise :math:`s` on N levels.
    points : int
        Size of the grid; each piece of the support gets at least 50 points.

    Returns
    -------
    Density

    Raises
    ------
    ValueError
        If `start` is not a finite vector or another argument is not positive.

    References
    ----------
    L. A. Pastur, Theor. Math. Phys. 10 (1972) 67; P. Biane, Indiana Univ. Math. J. 46 (1997) 705,
    section 4 (the curve).
    """
    start = finite_array("start", start, ndim=1)
    variance, points = positive("variance", variance), positive_int("points", points)
    levels, counts = np.unique(start, return_counts=True)
    weights = counts / len(start)
    if variance < 1e-20 * np.max(levels**2):
        raise ValueError(f"variance must be seen beside start, got {variance:.3g}")

    def resolvent(y, u):
        return np.sum(weights / ((u[..., None] - levels) ** 2 + y[..., None] ** 2), axis=-1)

    low, high = _curve_ends(levels, weights, variance)
    sizes = np.maximum(50, points * (high - low) / np.sum(high - low)).astype(int)
    u = np.concatenate([np.linspace(*ends) for ends in zip(low, high, sizes, strict=True)])
    reach = 1.001 * np.sqrt(variance)
    tiny = 1e-9 * reach
    inside = resolvent(np.full_like(u, tiny), u) > 1 / variance
    inside[np.cumsum(sizes) - 1] = inside[np.cumsum(sizes) - sizes] = False  # the ends
    y = np.zeros_like(u)
    y[inside] = find_root(
        lambda y, u: variance * resolvent(y, u) - 1, (tiny, reach), args=(u[inside],)
    ).x
    offset = u[:, None] - levels
    x = u + variance * np.sum(weights * offset / (offset**2 + y[:, None] ** 2 + tiny**2), axis=1)
    values = y / (np.pi * variance)
    below = cumulative_trapezoid(values, x, initial=0)
    return Density(x, values, below / below[-1])


def _curve_ends(levels, weights, variance):
    """First and last u of each piece of the curve with y > 0: where the sum for y = 0 is 1/v.

    Between two levels this sum is convex; the curve comes down to y = 0 there if its minimum is
    below 1/v.
    """

    def excess(u, power=2, target=1 / variance):
        return np.sum(weights / (u[..., None] - levels) ** power, axis=-1) - target

    size = 0.999 * np.sqrt(variance * weights)  # alone, a level would end just outside
    gap = np.diff(levels)
    k = np.flatnonzero(gap > size[:-1] + size[1:])
    margin = 1e-6 * gap[k]
    lowest = find_root(lambda u: excess(u, 3, 0.0), (levels[k] + margin, levels[k + 1] - margin)).x
    split = excess(lowest) < 0
    k, lowest = k[split], lowest[split]
    reach = 1.001 * np.sqrt(variance)  # farther away from every level there is no y
    left = np.append(levels[0] - reach, lowest), np.append(levels[0], levels[k + 1])
    right = np.append(levels[k], levels[-1]), np.append(lowest, levels[-1] + reach)
    inner = np.append(0, k + 1), np.append(k, -1)
    low = find_root(excess, (left[0], left[1] - size[inner[0]])).x
    high = find_root(excess, (right[0] + size[inner[1]], right[1])).x
    return low, high


# ------------------------------------------------------------------ rectangular weights


def singular_value_step(singular_values, dt, *, rows, gamma=1.0, kappa=1.0, rng):
    r"""Move the singular values of weights by a step of any length, without error.

    As for `exact_step`: noise white in W does not care about rotations from left and right, so W
    may be taken diagonal before each step.

    Parameters
    ----------
    singular_values : array_like, shape (replicas, n)
    dt : float
    rows : int
        M, at least n.
    gamma, kappa : float
        Weight decay and noise.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (replicas, n)
        Ascending.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    singular_values = finite_array("singular_values", singular_values, ndim=2)
    replicas, n = singular_values.shape
    if positive_int("rows", rows) < n:
        raise ValueError(f"rows must be at least {n} (the number of singular values), got {rows}")
    gamma, kappa = positive("gamma", gamma), positive("kappa", kappa)
    memory, noise = ornstein_uhlenbeck(dt, gamma, kappa / np.sqrt(2))
    weights = noise * np.random.default_rng(rng).standard_normal((replicas, rows, n))
    index = np.arange(n)
    weights[:, index, index] += memory * singular_values
    return np.linalg.svd(weights, compute_uv=False)[:, ::-1]


def bru_drift(levels, rows, *, gamma=1.0, kappa=1.0):
    r"""Drift (Ito) of the levels of :math:`X=W^TW`: Bru's equation.

    .. math:: dx_i = \Bigl[\kappa^2(M-N+1)-2\gamma x_i+\sum_{j\ne i}\frac{2\kappa^2x_i}{x_i-x_j}
              \Bigr]dt+2\kappa\sqrt{x_i}\,dB_i.

    Parameters
    ----------
    levels : array_like, shape (..., n)
        In any order.
    rows : int
    gamma, kappa : float

    Returns
    -------
    ndarray, shape (..., n)

    References
    ----------
    M.-F. Bru, J. Theor. Probab. 4 (1991) 725.
    """
    levels, rows = finite_array("levels", levels), positive_int("rows", rows)
    gamma, kappa = finite("gamma", gamma), finite("kappa", kappa)
    with np.errstate(invalid="ignore"):  # two levels at zero
        push = rows - levels.shape[-1] + 1 + 2 * levels * coulomb(levels)
    return kappa**2 * push - 2 * gamma * levels


def singular_value_drift(singular_values, rows, *, gamma=1.0, kappa=1.0):
    r"""Drift of the singular values of W, whose noise :math:`\kappa\,dB_i` is additive.

    .. math:: -\gamma\xi_i+\kappa^2\Bigl[\frac{M-N}{2\xi_i}
              +\sum_{j\ne i}\frac{1}{2}\Bigl(\frac1{\xi_i-\xi_j}+\frac1{\xi_i+\xi_j}\Bigr)\Bigr].

    Parameters
    ----------
    singular_values : array_like, shape (..., n)
        Positive, in any order: numpy's descending one is welcome.
    rows : int
    gamma, kappa : float

    Returns
    -------
    ndarray, shape (..., n)
    """
    xi, rows = finite_array("singular_values", singular_values), positive_int("rows", rows)
    gamma, kappa = finite("gamma", gamma), finite("kappa", kappa)
    # 1/(a - b) + 1/(a + b) = 2 a/(a^2 - b^2): charges, their images, and a wall at the origin.
    with np.errstate(divide="ignore", invalid="ignore"):  # at zero
        push = (rows - xi.shape[-1]) / (2 * xi) + xi * coulomb(xi**2)
    return kappa**2 * push - gamma * xi


# ------------------------------------------------------------------ checks


def _not_negative(name, value):
    return 0.0 if value == 0 else positive(name, value)


def _intervals(times):
    times = finite_array("times", times, ndim=1)
    intervals = np.diff(times, prepend=0.0)
    if intervals.min() < 0:
        raise ValueError(f"times must ascend from zero or later, got {times}")
    return intervals
