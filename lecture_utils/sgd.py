"""Stochastic gradient descent as a central limit theorem.

A mini-batch gradient is the mean of ``|B|`` single-sample gradients. The first half of this
module measures its noise (covariance, skewness, kurtosis) and predicts it exactly from the
single-sample gradients; the second half follows many runs at once: a network trained with real
batches or with Gaussian noise of the same covariance, and the one-parameter quadratic whose
stationary state is known in closed form.

Conventions: ``D`` samples, batch size ``B``, learning rate ``alpha``; the sample (or run) axis
comes first; covariances and cumulants are those of the data set, normalised by ``1/D``.
"""

from dataclasses import dataclass

import numpy as np
from scipy import integrate, optimize, sparse, special
from scipy.sparse import linalg

from lecture_utils._checks import finite_array, one_of, positive, positive_int, shape_match
from lecture_utils.networks import backpropagate

#: A run of the quadratic counts as diverged beyond this many natural units sqrt(V)/Omega.
DIVERGED = 1e9

#: The four kinds of noise that `train` can put on the gradient.
NOISES = ("batch", "gaussian", "diagonal", "none")


@dataclass(frozen=True)
class GradientNoise:
    """First two moments of the single-sample gradients: ``mean`` (P,), ``covariance`` (P, P)."""

    mean: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True)
class BatchMoments:
    """Variance, skewness and excess kurtosis of a batch mean, one entry per component."""

    variance: np.ndarray
    skewness: np.ndarray
    excess_kurtosis: np.ndarray


@dataclass(frozen=True)
class QuadraticRuns:
    """Displacements w - w* (runs,) after the last step; ``diverged`` (runs,) marks lost runs."""

    displacement: np.ndarray
    diverged: np.ndarray

    @property
    def survivors(self):
        """Displacements of the runs that did not diverge."""
        return self.displacement[~self.diverged]


# ---------------------------------------------------------------- the noise of a batch gradient


def gradient_noise(per_sample):
    """Mean and covariance of single-sample gradients.

    Parameters
    ----------
    per_sample : array (D, P)
        One gradient per data point.

    Returns
    -------
    GradientNoise
        Mean (P,) and covariance (P, P), the latter normalised by ``1/D``: the data set is the
        whole population from which batches are drawn, not a sample of it.

    Raises
    ------
    ValueError
        If ``per_sample`` is not a finite two-dimensional array.
    """
    per_sample = finite_array("per_sample", per_sample, ndim=2)
    centred = per_sample - per_sample.mean(axis=0)
    return GradientNoise(per_sample.mean(axis=0), centred.T @ centred / len(per_sample))


def finite_population_factor(samples, batch_size):
    """Return ``(D - B) / (D - 1)``, the variance without over that with replacement.

    Raises
    ------
    ValueError
        If ``batch_size`` is not between 1 and ``samples``, or ``samples`` is below 2.
    """
    if positive_int("samples", samples) < 2:
        raise ValueError(f"samples must be at least 2, got {samples}")
    batch_size = positive_int("batch_size", batch_size, samples, "the number of samples")
    return (samples - batch_size) / (samples - 1)


def draw_batches(samples, batch_size, batches, *, replace, rng):
    """Indices of many independent batches.

    Parameters
    ----------
    samples, batch_size, batches : int
        Size ``D`` of the data set, of a batch, and number of batches.
    replace : bool
        Whether a data point may occur twice in a batch.
    rng : numpy.random.Generator or int
        Random stream.

    Returns
    -------
    array (batches, batch_size) of int

    Raises
    ------
    ValueError
        If a size is not a positive integer, or ``batch_size`` exceeds ``samples``.
    """
    samples = positive_int("samples", samples)
    batch_size = positive_int("batch_size", batch_size, samples, "the number of samples")
    batches = positive_int("batches", batches)
    rng = np.random.default_rng(rng)
    if replace:
        return rng.integers(samples, size=(batches, batch_size))
    keys = rng.random((batches, samples))  # the B smallest of D random keys are a fair draw
    return np.argpartition(keys, batch_size - 1, axis=1)[:, :batch_size]


def batch_means(per_sample, indices):
    """Average ``per_sample`` (D, P) over batches ``indices`` (batches, B); shape (batches, P).

    Raises
    ------
    ValueError
        If ``per_sample`` is not a finite matrix or an index lies outside the data set.
    """
    per_sample = finite_array("per_sample", per_sample, ndim=2)
    indices = np.asarray(indices)
    if indices.min() < 0 or indices.max() >= len(per_sample):
        raise ValueError(
            f"indices must lie in 0 ... {len(per_sample) - 1} (the data set), "
            f"got {indices.min()} ... {indices.max()}"
        )
    batches, batch_size = indices.shape
    # A sparse table of counts: the (batches, B, P) array of gathered gradients never exists.
    counts = sparse.csr_array(
        (np.ones(indices.size), indices.ravel(), np.arange(0, indices.size + 1, batch_size)),
        shape=(batches, len(per_sample)),
    )
    return counts @ per_sample / batch_size


def batch_moments(per_sample, batch_size, *, replace):
    """Exact variance, skewness and excess kurtosis of the mean of a random batch.

    With replacement the cumulants are ``k_n / B^(n-1)``. Without replacement the inclusion
    probabilities ``p_k = B(B-1).../(D(D-1)...)`` of ``k`` given points decide: with power sums
    ``s_n`` of the centred values, the sum over the batch has moments ``s_2 (p_1 - p_2)``,
    ``s_3 (p_1 - 3 p_2 + 2 p_3)`` and
    ``s_4 (p_1 - 7 p_2 + 12 p_3 - 6 p_4) + 3 s_2^2 (p_2 - 2 p_3 + p_4)``.

    Parameters
    ----------
    per_sample : array (D, P)
        Values in the data set, at least 4 rows.
    batch_size : int
        Batch size ``B``, below ``D`` when drawn without replacement.
    replace : bool
        Whether a data point may occur twice in a batch.

    Returns
    -------
    BatchMoments
        Each entry of shape (P,). Skewness and kurtosis are NaN where a gradient does not vary.

    Raises
    ------
    ValueError
        If ``per_sample`` has fewer than 4 rows or ``batch_size`` does not fit.
    """
    per_sample = finite_array("per_sample", per_sample, ndim=2)
    samples = len(per_sample)
    if samples < 4:
        raise ValueError(f"per_sample must have at least 4 rows, got {samples}")
    if replace:
        batch_size = positive_int("batch_size", batch_size)
    else:
        batch_size = positive_int("batch_size", batch_size, samples - 1, "below the data set")
    centred = per_sample - per_sample.mean(axis=0)
    rounding = 8 * np.finfo(float).eps * np.abs(per_sample).max(axis=0)
    constant = np.abs(centred).max(axis=0) <= rounding
    centred[:, constant] = 0.0
    s2, s3, s4 = ((centred**n).sum(axis=0) for n in (2, 3, 4))
    shape = np.where(constant, np.nan, 1.0)  # nothing has no shape
    if replace:
        k2, k3 = s2 / samples, s3 / samples
        k4 = s4 / samples - 3 * k2**2
        some = np.where(constant, 1.0, k2)
        return BatchMoments(
            k2 / batch_size,
            shape * k3 / some**1.5 / np.sqrt(batch_size),
            shape * k4 / some**2 / batch_size,
        )
    drawn = np.arange(4)
    p1, p2, p3, p4 = np.cumprod((batch_size - drawn) / (samples - drawn))
    m2 = s2 * (p1 - p2)
    m3 = s3 * (p1 - 3 * p2 + 2 * p3)
    m4 = s4 * (p1 - 7 * p2 + 12 * p3 - 6 * p4) + 3 * s2**2 * (p2 - 2 * p3 + p4)
    some = np.where(constant, 1.0, m2)
    return BatchMoments(m2 / batch_size**2, shape * m3 / some**1.5, shape * (m4 / some**2 - 3))


# ---------------------------------------------------------------- many networks trained at once


def weighted_gradients(weights, x, y, coefficients):
    """Gradient of ``sum_a c_a l_a`` for many networks at once.

    Parameters
    ----------
    weights : list of arrays (runs, n_l, n_{l-1})
        One network per run.
    x, y : arrays (samples, n) or (runs, samples, n)
        Inputs and targets, shared by the runs or one set for each.
    coefficients : array (runs, samples)
        Weight ``c_a`` of each sample; ``1/|B|`` gives the usual batch gradient.

    Returns
    -------
    list of arrays, shaped like ``weights``
    """
    inputs, errors = backpropagate(weights, x, y)
    c = coefficients[..., None]
    return [(c * e).mT @ h for e, h in zip(errors, inputs, strict=True)]


def train(weights, x, y, *, learning_rate, batch_size, steps, noise="batch", rng):
    """Train many networks side by side on one data set.

    Parameters
    ----------
    weights : list of arrays (runs, n_l, n_{l-1})
        Starting points; left unchanged.
    x, y : arrays (D, n_0), (D, n_L)
        Data set.
    learning_rate : float
        Step ``alpha``.
    batch_size : int
        Batch size ``B``; batches are drawn with replacement, afresh at each step.
    steps : int
        Number of updates.
    noise : {"batch", "gaussian", "diagonal", "none"}
        ``"batch"``: real SGD. ``"gaussian"``: the full-batch gradient plus Gaussian noise with
        the covariance ``V/B`` of the batch gradient at the current weights. ``"diagonal"``: the
        same with the diagonal of ``V`` alone. ``"none"``: gradient descent.
    rng : numpy.random.Generator or int
        Random stream.

    Returns
    -------
    list of arrays (runs, n_l, n_{l-1})
        Final weights. Runs that diverged hold very large or non-finite numbers: count them.

    Raises
    ------
    ValueError
        If a parameter is out of range or the data are not finite.
    """
    x, y = _checked_data(weights, x, y, ndim=3)
    samples = len(x)
    alpha = positive("learning_rate", learning_rate)
    batch_size = positive_int("batch_size", batch_size, samples, "the number of samples")
    steps = positive_int("steps", steps)
    one_of("noise", noise, NOISES)
    rng = np.random.default_rng(rng)
    runs = len(weights[0])
    uniform = np.full((runs, samples), 1 / samples)
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is an outcome, not an error
        for _ in range(steps):
            if noise == "batch":
                batch = rng.integers(samples, size=(runs, batch_size))
                fair = np.full(batch.shape, 1 / batch_size)
                step = weighted_gradients(weights, x[batch], y[batch], fair)
            elif noise == "gaussian":
                # sum_a zeta_a (g_a - gbar) / sqrt(D) has covariance V exactly: this is sqrt(V) eta
                # without ever forming V, and centring zeta replaces centring the gradients.
                zeta = rng.standard_normal(uniform.shape)
                zeta -= zeta.mean(axis=1, keepdims=True)
                c = uniform + zeta / np.sqrt(samples * batch_size)
                step = weighted_gradients(weights, x, y, c)
            else:
                inputs, errors = backpropagate(weights, x, y)
                step = [e.mT @ h / samples for e, h in zip(errors, inputs, strict=True)]
                if noise == "diagonal":
                    squares = [
                        (e**2).mT @ h**2 / samples for e, h in zip(errors, inputs, strict=True)
                    ]
                    step = [
                        g + np.sqrt((s - g**2) / batch_size) * rng.standard_normal(g.shape)
                        for g, s in zip(step, squares, strict=True)
                    ]
            weights = [w - alpha * g for w, g in zip(weights, step, strict=True)]
    return weights


def largest_curvature(weights, x, y, *, rng):
    """Largest eigenvalue of the Hessian of the loss; gradient descent needs ``alpha < 2/lambda``.

    Lanczos on Hessian-vector products. Each is the derivative of the gradient by a complex step,
    which has no rounding error of a difference, whatever the scales of data and weights.

    Parameters
    ----------
    weights : list of arrays (n_l, n_{l-1})
        A single network.
    x, y : arrays (D, n_0), (D, n_L)
        Data set.
    rng : numpy.random.Generator or int
        Starts the iteration.
    """
    x, y = _checked_data(weights, x, y, ndim=2)
    point = np.concatenate([w.ravel() for w in weights])
    ends = np.cumsum([w.size for w in weights])[:-1]
    fair = np.full((1, len(x)), 1 / len(x))

    def gradient(flat):
        layers = zip(np.split(flat, ends), weights, strict=True)
        layers = [f.reshape(1, *w.shape) for f, w in layers]
        return np.concatenate([g.ravel() for g in weighted_gradients(layers, x, y, fair)])

    def hessian_times(direction):
        tiny = 1e-100
        return gradient(point + 1j * tiny * direction.ravel()).imag / tiny

    if point.size == 1:
        return float(hessian_times(np.ones(1))[0])
    hessian = linalg.LinearOperator((point.size, point.size), matvec=hessian_times, dtype=float)
    start = np.random.default_rng(rng).standard_normal(point.size)
    return float(linalg.eigsh(hessian, k=1, which="LA", v0=start, return_eigenvectors=False)[0])


def _checked_data(weights, x, y, ndim):
    """Data as arrays, once they fit the weights, matrices of `ndim` axes."""
    if any(np.ndim(w) != ndim for w in weights):
        kind = "an ensemble" if ndim == 3 else "a single network"
        raise ValueError(f"weights must be those of {kind}: matrices of {ndim} axes")
    x, y = finite_array("x", x, ndim=2), finite_array("y", y, ndim=2)
    shape_match("x", x, (None, weights[0].shape[-1]), "one column per input")
    shape_match("y", y, (len(x), weights[-1].shape[-2]), "one row per sample, a column per output")
    return x, y


# ---------------------------------------------------------------- the exactly solvable quadratic


def _quadratic_inputs(learning_rate, batch_size, curvature, noise_variance=1.0):
    return (
        positive("learning_rate", learning_rate),
        positive_int("batch_size", batch_size),
        positive("curvature", curvature),
        positive("noise_variance", noise_variance),
    )


def simulate_quadratic(
    *,
    learning_rate,
    batch_size,
    steps,
    runs,
    curvature=1.0,
    noise_variance=1.0,
    multiplicative=True,
    rng,
):
    """SGD on one weight, many runs at once, started at the minimum.

    A data point has input ``x ~ N(0, Omega)`` and label ``w* x + e``; its gradient is
    ``x^2 (w - w*) - x e``, with ``Var(x e) = V``. Every step uses ``B`` fresh points.

    Parameters
    ----------
    learning_rate, batch_size, steps, runs : float, int, int, int
        ``alpha``, ``B``, number of updates, number of independent runs.
    curvature, noise_variance : float
        ``Omega``, and the variance ``V`` of a single-sample gradient at the minimum.
    multiplicative : bool
        ``False`` replaces the batch gradient by ``Omega (w - w*)`` plus Gaussian noise of
        constant variance ``V/B``.
    rng : numpy.random.Generator or int
        Random stream.

    Returns
    -------
    QuadraticRuns
        A run that passes ``DIVERGED`` (in units of ``sqrt(V)/Omega``) is stopped and marked.
    """
    alpha, batch_size, omega, v = _quadratic_inputs(
        learning_rate, batch_size, curvature, noise_variance
    )
    steps, runs = positive_int("steps", steps), positive_int("runs", runs)
    rng = np.random.default_rng(rng)
    u = np.zeros(runs)
    diverged = np.zeros(runs, dtype=bool)
    for _ in range(steps):
        if multiplicative:
            x = np.sqrt(omega) * rng.standard_normal((runs, batch_size))
            e = np.sqrt(v / omega) * rng.standard_normal((runs, batch_size))
            gradient = (x * (x * u[:, None] - e)).mean(axis=1)
        else:
            gradient = omega * u + np.sqrt(v / batch_size) * rng.standard_normal(runs)
        u = np.where(diverged, u, u - alpha * gradient)
        diverged |= np.abs(u) > DIVERGED * np.sqrt(v) / omega
    return QuadraticRuns(u, diverged)


def stationary_variance(
    learning_rate, batch_size, *, curvature=1.0, noise_variance=1.0, theory="sgd"
):
    """Stationary variance of the weight in the quadratic.

    Parameters
    ----------
    learning_rate, batch_size, curvature, noise_variance
        ``alpha``, ``B``, ``Omega``, ``V`` as in `simulate_quadratic`.
    theory : {"leading", "constant", "sgd"}
        ``alpha V / (2 B Omega)``; ``alpha V / (B Omega (2 - alpha Omega))``, exact for noise of
        constant strength; ``alpha V / (B Omega (2 - alpha Omega (1 + 2/B)))``, exact for SGD
        with Gaussian inputs.

    Returns
    -------
    float
        ``inf`` where the variance grows without bound.
    """
    alpha, batch_size, omega, v = _quadratic_inputs(
        learning_rate, batch_size, curvature, noise_variance
    )
    steepness = {"leading": 0.0, "constant": 1.0, "sgd": 1 + 2 / batch_size}
    damping = 2 - alpha * omega * steepness[one_of("theory", theory, steepness)]
    return alpha * v / (batch_size * omega * damping) if damping > 0 else np.inf


def variance_threshold(batch_size, *, curvature=1.0):
    """Learning rate ``2 / (Omega (1 + 2/B))`` at which the stationary variance diverges."""
    _, batch_size, omega, _ = _quadratic_inputs(1.0, batch_size, curvature)
    return 2 / (omega * (1 + 2 / batch_size))


def stationary_kurtosis(learning_rate, batch_size, *, curvature=1.0):
    """Exact excess kurtosis of the stationary weight under SGD (``inf`` where it diverges).

    One step is ``u' = A u + b`` with ``A = 1 - alpha Omega m``, where ``m`` is the batch mean of
    ``x^2/Omega`` and ``b`` is Gaussian with variance ``alpha^2 V m/B`` once ``m`` is given; the
    moments of ``m`` are ``E[m^k] = prod_{j<k} (1 + 2j/B)``.
    """
    alpha, batch_size, omega, _ = _quadratic_inputs(learning_rate, batch_size, curvature)
    a = alpha * omega
    m1, m2, m3, m4 = np.cumprod(1 + 2 * np.arange(4) / batch_size)
    contraction = 1 - 4 * a * m1 + 6 * a**2 * m2 - 4 * a**3 * m3 + a**4 * m4  # E[A^4]
    if contraction >= 1:
        return np.inf
    b2 = a**2 / batch_size  # E[b^2 | m] = b2 m, in units of V/Omega^2
    second = stationary_variance(a, batch_size)
    fourth = 6 * second * b2 * (m1 - 2 * a * m2 + a**2 * m3) + 3 * b2**2 * m2
    return fourth / (1 - contraction) / second**2 - 3


def tail_exponent(learning_rate, batch_size, *, curvature=1.0):
    """Exponent ``kappa`` of the power tail ``P(|u| > t) ~ t^-kappa`` under SGD.

    Kesten: the positive root of ``E|1 - alpha Omega m|^kappa = 1``, ``m ~ chi^2_B / B``.

    Raises
    ------
    ValueError
        If ``learning_rate`` is so large that ``E log|1 - alpha Omega m| >= 0``: no stationary
        state exists and every run diverges. If it is below 1e-8 over the curvature.

    References
    ----------
    H. Kesten, Acta Math. 131 (1973) 207.
    """
    alpha, batch_size, omega, _ = _quadratic_inputs(learning_rate, batch_size, curvature)
    if alpha * omega < 1e-8:  # where kappa alpha Omega / B has reached its limit, and digits end
        raise ValueError(
            f"learning_rate times curvature must be at least 1e-8, got {alpha * omega:.3g}"
        )

    def excess(kappa):
        return _log_moment(kappa, alpha * omega, batch_size)

    upper = 1.0
    while excess(upper) <= 0:
        upper *= 2
    # The logarithm of a moment is convex in its order, with a second root at zero: look for the
    # part below zero. Where there is none, E log|A| >= 0.
    lower = upper / 2
    while excess(lower) >= 0:
        lower /= 2
        if lower < 1e-6:
            raise ValueError(
                f"learning_rate must allow a stationary state (E log|A| < 0), got {learning_rate}"
            )
    return optimize.brentq(excess, lower, upper, xtol=1e-12 * upper)


def _log_moment(kappa, a, batch_size):
    """Logarithm of ``E|1 - a m|^kappa`` for ``m ~ chi^2_B / B`` and kappa > 0.

    In ``q = sqrt(m)`` the integrand is log-concave on either side of its zero at ``a q^2 = 1``,
    with one mode each, the two roots of one quadratic equation in ``q^2``.
    """
    k = batch_size / 2

    def log_density(q):
        x = q * q
        power = special.xlogy(2 * k - 1, q)  # zero at B = 1, whatever q
        return np.log(2) + special.xlogy(kappa, abs(1 - a * x)) + power + k * (np.log(k) - x)

    norm = special.gammaln(k)
    middle = 2 * kappa + 2 * k - 1 + 2 * k / a
    root = np.sqrt(middle**2 - 8 * k * (2 * k - 1) / a)
    upper_mode = np.sqrt((middle + root) / (4 * k))
    lower_mode = np.sqrt(2 * (2 * k - 1) / a / (middle + root))
    zero = a**-0.5
    parts = [
        _log_integral(log_density, lower_mode, 0.0, zero),
        _log_integral(log_density, upper_mode, zero, np.inf),
    ]
    return float(np.logaddexp(*parts) - norm)


def _log_integral(log_density, mode, low, high):
    """Logarithm of an integral whose integrand is log-concave between `low` and `high`."""
    top = log_density(mode)

    def drop(q):
        return log_density(q) - top + 60

    step = 1e-6 * max(mode, 1e-6)
    left, right = mode, mode
    while left > low and drop(left) > 0:
        left, step = max(left - step, low), 2 * step
    step = 1e-6 * max(mode, 1e-6)
    while right < high and drop(right) > 0:
        right, step = min(right + step, high), 2 * step
    value = sum(
        integrate.quad(lambda q: np.exp(log_density(q) - top), *piece, limit=500)[0]
        for piece in ((left, mode), (mode, right))
        if piece[1] > piece[0]
    )
    return top + np.log(value) if value > 0 else -np.inf


def shuffled_variance(learning_rate, batch_size, samples, *, curvature=1.0, noise_variance=1.0):
    """Variance of the weight through an epoch of reshuffled batches, for constant noise.

    The ``K = D/B`` batch gradients of an epoch add up to zero at the minimum, so any two of them
    have correlation ``-1/(K-1)``. With ``l = 1 - alpha Omega``, ``v = (V/B) (D-B)/(D-1)`` and
    ``S_n = sum_{i<k} l^{ni}`` the variance after batch ``k`` is
    ``l^{2k} Var_0 + alpha^2 v [S_2 - (S_1^2 - S_2)/(K-1)]``, and ``Var_K = Var_0`` closes it.

    Parameters
    ----------
    learning_rate, batch_size, samples : float, int, int
        ``alpha``, ``B`` and ``D``; ``B`` divides ``D`` and is smaller.
    curvature, noise_variance : float
        ``Omega`` and the data set's gradient variance ``V`` (normalised by ``1/D``).

    Returns
    -------
    array (K,)
        Stationary variance after each batch; the last entry is the end of the epoch.

    Raises
    ------
    ValueError
        If ``batch_size`` does not divide ``samples`` into two or more batches, or
        ``learning_rate`` is at or beyond ``2/Omega``.
    """
    alpha, batch_size, omega, v = _quadratic_inputs(
        learning_rate, batch_size, curvature, noise_variance
    )
    samples = positive_int("samples", samples)
    if samples % batch_size or samples == batch_size:
        raise ValueError(
            f"batch_size must divide {samples} (the number of samples) into at least two "
            f"batches, got {batch_size}"
        )
    if alpha * omega >= 2:
        raise ValueError(f"learning_rate must be below {2 / omega:g} (2/Omega), got {alpha}")
    batches = samples // batch_size
    factors = (1 - alpha * omega) ** np.arange(batches + 1)
    s1, s2 = np.cumsum(factors[:-1]), np.cumsum(factors[:-1] ** 2)
    v_batch = v / batch_size * finite_population_factor(samples, batch_size)
    fresh = alpha**2 * v_batch * (s2 - (s1**2 - s2) / (batches - 1))
    return factors[1:] ** 2 * fresh[-1] / (1 - factors[-1] ** 2) + fresh
