r"""The Sherrington-Kirkpatrick spin glass, and the loss of a network in its language.

N Ising spins with the Hamiltonian :math:`H=-\tfrac12\sum_{i\ne j}J_{ij}s_is_j` and independent
couplings :math:`J_{ij}=J_{ji}\sim N(J_0/N, J^2/N)`. Units: :math:`J=k_B=1`, so that the phase
diagram has the axes ``temperature`` and ``j0``. Three phases: paramagnet (m = q = 0), ferromagnet
(m > 0) and spin glass (m = 0, q > 0), with the magnetisation :math:`m=\overline{\langle s\rangle}`
and the overlap :math:`q=\overline{\langle s\rangle^2}`.

References: D. Sherrington and S. Kirkpatrick, Phys. Rev. Lett. 35 (1975) 1792; J. R. L. de Almeida
and D. J. Thouless, J. Phys. A 11 (1978) 983.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.optimize import brentq

from lecture_utils._checks import finite_array, positive_int, shape_match

# Gaussian averages by the trapezoid rule: Gauss-Hermite misses the step of tanh at low temperature.
_NODES = np.linspace(-8, 8, 4001)
_WEIGHTS = np.exp(-(_NODES**2) / 2)
_WEIGHTS /= _WEIGHTS.sum()


# ---------------------------------------------------------------- replica-symmetric theory


def replica_symmetric(temperature, j0, *, magnetised=True):
    r"""Solve the replica-symmetric equations for magnetisation and overlap.

    .. math::

        m = \int Dx\,\tanh\beta(J_0m+\sqrt q\,x), \qquad q = \int Dx\,\tanh^2\beta(J_0m+\sqrt q\,x)

    Parameters
    ----------
    temperature, j0 : array_like
        Broadcast against each other.
    magnetised : bool
        True: the solution that one comes to from the ordered state, the ferromagnet where there
        is one. False: the solution with m = 0.

    Returns
    -------
    m, q : ndarray
    """
    temperature = finite_array("temperature", temperature)
    if np.any(temperature <= 0):
        raise ValueError(f"temperature must be above zero, got {temperature.min()}")
    temperature, j0 = np.broadcast_arrays(temperature, finite_array("j0", j0))
    felt = j0 if magnetised else np.zeros(j0.shape)  # without magnetisation j0 has no effect
    pairs = zip(temperature.flat, felt.flat, strict=True)
    m, q = np.transpose([_solve(*pair) for pair in pairs])
    return m.reshape(j0.shape), q.reshape(j0.shape)


def energy(temperature, j0, m, q):
    """Replica-symmetric energy of one spin, :math:`-J_0m^2/2-(1-q^2)/2T`."""
    return -np.asarray(j0) * np.square(m) / 2 - (1 - np.square(q)) / (2 * np.asarray(temperature))


def stability(temperature, j0):
    r"""Replicon :math:`T^2-\int Dx\,\cosh^{-4}\beta(J_0m+\sqrt q\,x)` of the solution from above.

    Where it is negative replica symmetry is broken (de Almeida and Thouless).

    Parameters
    ----------
    temperature, j0 : array_like

    Returns
    -------
    ndarray
    """
    m, q = replica_symmetric(temperature, j0)
    temperature = np.asarray(temperature, dtype=float)[..., None]
    local = (np.asarray(j0) * m)[..., None] + np.sqrt(q)[..., None] * _NODES
    slope = 1 - np.tanh(local / temperature) ** 2
    return temperature[..., 0] ** 2 - slope**2 @ _WEIGHTS


def glass_to_ferromagnet(temperature):
    """Coupling J0 at which a magnetisation appears in the replica-symmetric spin glass.

    Parameters
    ----------
    temperature : array_like
        Below one. Parisi's solution has the vertical line J0 = 1 instead.

    Returns
    -------
    ndarray
    """
    temperature = _cold(temperature)
    _, q = replica_symmetric(temperature, 0.0, magnetised=False)
    return temperature / (1 - q)


def at_line(temperature):
    """Coupling J0 above which the ferromagnet is replica symmetric (de Almeida and Thouless).

    Parameters
    ----------
    temperature : array_like
        From 0.01, below which the quadrature over the fields is too coarse, to 0.997.

    Returns
    -------
    ndarray
    """
    temperature = _cold(temperature)
    if temperature.min() < 0.01 or temperature.max() > 0.997:
        raise ValueError(f"temperature must lie between 0.01 and 0.997, got {temperature}")
    start = glass_to_ferromagnet(temperature)
    line = [
        brentq(lambda j0, t=t: float(stability(t, j0)), j * (1 + 1e-6), j + 5 / t, xtol=1e-9)
        for t, j in zip(temperature.flat, start.flat, strict=True)
    ]
    return np.reshape(line, temperature.shape)


def _cold(temperature):
    temperature = finite_array("temperature", temperature)
    bad = temperature[(temperature <= 0) | (temperature >= 1)]
    if bad.size:
        raise ValueError(f"temperature must be between zero and one, got {bad.flat[0]}")
    return temperature


def _solve(temperature, j0):
    """Iterate from the ordered state, which descends to the next solution; then Newton's method."""
    m = q = 1.0
    for _ in range(100):
        m, q, _ = _iterate(temperature, j0, m, q)
    for _ in range(100):
        new_m, new_q, jacobian = _iterate(temperature, j0, m, q)
        distance = np.array([new_m - m, new_q - q])
        move = np.linalg.solve(np.eye(2) - jacobian, distance)
        m, q = np.clip([m + move[0], q + move[1]], 0, 1)
        if np.abs(move).max() < 1e-13:
            break
    return m, q


def _iterate(temperature, j0, m, q):
    """Right-hand sides of the equations, and their derivatives by m and q (rows: equations)."""
    t = np.tanh((j0 * m + np.sqrt(q) * _NODES) / temperature)
    slope = 1 - t**2
    first, mixed = slope @ _WEIGHTS, (t * slope) @ _WEIGHTS
    second = (slope**2 - 2 * t**2 * slope) @ _WEIGHTS
    jacobian = np.array(
        [
            [j0 * first / temperature, -mixed / temperature**2],
            [2 * j0 * mixed / temperature, second / temperature**2],
        ]
    )
    return t @ _WEIGHTS, t**2 @ _WEIGHTS, jacobian


# ---------------------------------------------------------------- simulation


@dataclass(frozen=True)
class Tempering:
    """Thermal averages, arrays ``(samples, temperatures)``, and ``swap_rate`` one shorter."""

    temperatures: np.ndarray
    magnetisation2: np.ndarray  #: mean of m^2
    overlap2: np.ndarray  #: mean of the squared overlap of two replicas
    energy: np.ndarray  #: of one spin
    swap_rate: np.ndarray  #: accepted fraction of swaps of neighbouring temperatures


def draw_couplings(samples, n, j0, *, rng):
    """Draw couplings of Sherrington and Kirkpatrick.

    Parameters
    ----------
    samples, n : int
    j0 : float
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, n, n)
        Symmetric, zero on the diagonal.
    """
    samples, n = positive_int("samples", samples), positive_int("n", n)
    j0 = float(finite_array("j0", j0, 0))
    rng = np.random.default_rng(rng)
    upper = np.triu(j0 / n + rng.standard_normal((samples, n, n)) / np.sqrt(n), 1)
    return upper + upper.mT


def parallel_tempering(couplings, temperatures, *, burn_in, sweeps, rng):
    """Simulate two replicas at many temperatures that swap neighbours.

    Parameters
    ----------
    couplings : array_like, shape (samples, n, n)
        Symmetric, zero on the diagonal.
    temperatures : array_like, ascending
    burn_in, sweeps : int
        Metropolis sweeps before and during the measurement; temperatures swap after each one.
    rng : numpy.random.Generator or int
        Each sample gets a child generator.

    Returns
    -------
    Tempering

    References
    ----------
    K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604.
    """
    couplings = finite_array("couplings", couplings, 3)
    shape_match("couplings", couplings, (None, None, couplings.shape[1]), "square matrices")
    if np.any(couplings != couplings.mT) or np.any(np.einsum("sii->si", couplings)):
        raise ValueError("couplings must be symmetric with zeros on the diagonal")
    temperatures = finite_array("temperatures", temperatures, 1)
    if temperatures[0] <= 0 or np.any(np.diff(temperatures) <= 0):
        raise ValueError(f"temperatures must be ascending and above zero, got {temperatures}")
    burn_in, sweeps = positive_int("burn_in", burn_in), positive_int("sweeps", sweeps)
    children = np.random.default_rng(rng).spawn(len(couplings))
    shape = (2, len(temperatures), couplings.shape[1])
    results = []
    for matrix, child in zip(couplings, children, strict=True):
        spins = child.choice([-1.0, 1.0], shape)
        fields = spins @ matrix
        energies = -np.sum(fields * spins, axis=-1) / 2
        state = spins, fields, energies
        results.append(_temper(*state, matrix, 1 / temperatures, burn_in, sweeps, child))
    averages, swaps = map(np.array, zip(*results, strict=True))
    return Tempering(temperatures, *np.moveaxis(averages, 1, 0), swaps)


@njit(nogil=True)
def _temper(spins, fields, energies, couplings, betas, burn_in, sweeps, rng):
    """Return the averages of m^2, q^2 and energy, (3, temperatures), and the swap rates.

    `spins` and the `fields` of the others on them are (replica, configuration, n); `energies` are
    (replica, configuration). Configurations stay where they are: temperatures are swapped.
    """
    count, n = len(betas), len(couplings)
    place = np.empty((2, count), np.int64)  # which configuration has which temperature
    place[:] = np.arange(count)
    averages, swaps = np.zeros((3, count)), np.zeros(count - 1)
    tried = np.zeros(count - 1)
    for sweep in range(burn_in + sweeps):
        measuring = sweep >= burn_in
        for a in range(2):
            for k in range(count):
                c = place[a, k]
                energies[a, c] += _metropolis(spins[a, c], fields[a, c], couplings, betas[k], rng)
            for k in range(sweep % 2, count - 1, 2):
                low, high = place[a, k], place[a, k + 1]
                gain = (betas[k] - betas[k + 1]) * (energies[a, low] - energies[a, high])
                accepted = gain >= 0 or rng.random() < np.exp(gain)
                if accepted:
                    place[a, k], place[a, k + 1] = high, low
                if measuring:
                    tried[k] += 1
                    swaps[k] += accepted
        if measuring:
            for k in range(count):
                one, other = spins[0, place[0, k]], spins[1, place[1, k]]
                m2 = (np.sum(one) ** 2 + np.sum(other) ** 2) / 2
                averages[0, k] += m2 / n**2
                averages[1, k] += (np.sum(one * other) / n) ** 2
                averages[2, k] += (energies[0, place[0, k]] + energies[1, place[1, k]]) / (2 * n)
    return averages / sweeps, swaps / np.maximum(tried, 1)


@njit
def _metropolis(spins, fields, couplings, beta, rng):
    """Offer a flip to each spin once; return the change of the energy."""
    change = 0.0
    for i in range(len(spins)):
        cost = 2 * spins[i] * fields[i]
        if cost <= 0 or rng.random() < np.exp(-beta * cost):
            spins[i] = -spins[i]
            change += cost
            kick = 2 * spins[i]
            for j in range(len(spins)):
                fields[j] += kick * couplings[i, j]
    return change


# ---------------------------------------------------------------- a network in this language


def network_couplings(last):
    r"""Couplings :math:`J_{ij}=\sum_aW_{ai}W_{aj}` of the features of the last layer.

    Their rank is at most the number of outputs. With one output they are of Mattis' kind, not of
    Sherrington and Kirkpatrick's: without frustration in a spin Hamiltonian, and with the loss's
    opposite sign a problem of number partitioning.

    Parameters
    ----------
    last : ndarray, shape (..., outputs, n)
        Weights of the last, linear layer.

    Returns
    -------
    ndarray, shape (..., n, n)
    """
    return last.mT @ last


def network_fields(last, y):
    r"""Fields :math:`h_i=\sum_ay_aW_{ai}` of each sample on the features of the last layer.

    Parameters
    ----------
    last : ndarray, shape (..., outputs, n)
    y : ndarray, shape (..., samples, outputs)

    Returns
    -------
    ndarray, shape (..., samples, n)
    """
    return y @ last


def loss_terms(phi, couplings, fields, y):
    r"""Split half the mean square error of a network into the terms of a spin model.

    .. math::

        \tfrac12\langle|W\phi-y|^2\rangle = \tfrac12\langle\phi^TJ\phi\rangle
        - \langle h\cdot\phi\rangle + \tfrac12\langle|y|^2\rangle

    Compared with the spins of :math:`H=-\tfrac12\sum J_{ij}s_is_j+\sum h_is_i` both terms have the
    opposite sign.

    Parameters
    ----------
    phi : ndarray, shape (..., samples, n)
        Features of the last hidden layer.
    couplings, fields : ndarray, shapes (..., n, n) and (..., samples, n)
        From `network_couplings` and `network_fields`.
    y : ndarray, shape (..., samples, outputs)

    Returns
    -------
    interaction, field, constant : ndarray, shape (...)
        Their sum is the loss.
    """
    interaction = np.mean(np.sum((phi @ couplings) * phi, axis=-1), axis=-1) / 2
    field = -np.mean(np.sum(fields * phi, axis=-1), axis=-1)
    return interaction, field, np.mean(np.sum(y**2, axis=-1), axis=-1) / 2
