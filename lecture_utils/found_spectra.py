r"""Spectra that nobody made up: Riemann's zeros, a lattice Dirac operator, a disordered metal.

None of these is a Gaussian random matrix. The zeros are numbers; the two operators are sparse, with
entries only between neighbouring sites of a lattice. Shapes are those of the other modules:
samples first, levels last and ascending.
"""

import numpy as np
from numpy.polynomial import Chebyshev
from scipy import special
from scipy.optimize.elementwise import find_root

from lecture_utils._checks import finite_array, one_of, positive, positive_int

__all__ = ["anderson_levels", "riemann_count", "riemann_zeros", "staggered_dirac_levels"]

_GRID_PER_ZERO = 64  # fine enough for Lehmer's pair near t = 7005, where zeros nearly meet


def riemann_count(t):
    r"""Return the smooth number of zeros of the zeta function with height between 0 and t.

    .. math:: \bar N(t) = \theta(t)/\pi + 1, \qquad
              \theta(t) = \arg\Gamma(\tfrac14 + \tfrac{it}2) - \tfrac t2 \ln\pi.

    It unfolds the zeros: they have unit mean spacing in :math:`\bar N`.

    Parameters
    ----------
    t : array_like
        Heights on the critical line.

    Returns
    -------
    ndarray
    """
    return _theta(np.asarray(t, dtype=float)) / np.pi + 1


def riemann_zeros(low, high):
    r"""Return the zeros :math:`\zeta(\frac12 + i t) = 0` with low < t < high.

    Sign changes of the real function Z(t), from the Riemann-Siegel formula with three correction
    terms, are bracketed on a fine grid and refined. The heights are good to about 1e-6 above
    t = 100 and 1e-8 above t = 1000.

    Parameters
    ----------
    low, high : float
        Window of heights, 10 <= low < high.

    Returns
    -------
    ndarray, shape (n,)
        Heights, ascending.

    Raises
    ------
    ValueError
        If the window is empty or begins below 10.

    References
    ----------
    Edwards, *Riemann's Zeta Function* (1974), chapter 7.

    Examples
    --------
    >>> riemann_zeros(100, 105).round(4)
    array([101.3179, 103.7255])
    """
    low, high = positive("low", low), positive("high", high)
    if not 10 <= low < high:
        raise ValueError(f"low must lie between 10 and high = {high:g}, got {low:g}")
    points = int(_GRID_PER_ZERO * (riemann_count(high) - riemann_count(low))) + 2
    grid = np.linspace(low, high, points)
    positive_side = _riemann_siegel(grid) > 0
    change = np.flatnonzero(positive_side[1:] != positive_side[:-1])
    return find_root(_riemann_siegel, (grid[change], grid[change + 1])).x


def staggered_dirac_levels(samples, *, group, side=4, dimension=4, rng):
    r"""Draw the positive levels of the staggered lattice Dirac operator at infinite coupling.

    The operator couples neighbouring sites of a periodic lattice,

    .. math:: D_{xy} = \tfrac12 \sum_\mu \eta_\mu(x)\left[U_\mu(x)\,\delta_{x+\hat\mu, y}
              - U_\mu^\dagger(y)\,\delta_{x-\hat\mu, y}\right],

    with phases :math:`\eta_\mu(x) = (-1)^{x_1+\dots+x_{\mu-1}}` and independent Haar-random links
    U, the gauge field of infinitely strong coupling. D couples even sites to odd sites only, so
    its levels come in pairs :math:`\pm i\lambda`, and :math:`\lambda` are the singular values of
    the even-odd block. The gauge group sets the symmetry class.

    Parameters
    ----------
    samples : int
        Number of gauge fields.
    group : {"Z2", "U1", "SU2"}
        Links in {+1, -1} (a real block, beta = 1), phases (complex, beta = 2), or SU(2) matrices
        (quaternion, beta = 4; levels are doubly degenerate and counted once).
    side, dimension : int
        Even number of sites in each direction, at least 4; number of directions.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, side**dimension / 2)
        Levels :math:`\lambda > 0`, ascending, in lattice units.

    Raises
    ------
    ValueError
        If an argument is out of range.

    References
    ----------
    Halasz and Verbaarschot, Phys. Rev. Lett. 74 (1995) 3920.
    """
    samples, dimension = positive_int("samples", samples), positive_int("dimension", dimension)
    if positive_int("side", side) < 4 or side % 2:
        raise ValueError(f"side must be an even number of at least 4 sites, got {side}")
    one_of("group", group, _LINKS)
    rng = np.random.default_rng(rng)
    levels = [
        np.linalg.svd(_even_odd_block(_LINKS[group], side, dimension, rng), compute_uv=False)
        for _ in range(samples)
    ]
    degeneracy = 2 if group == "SU2" else 1
    return np.array(levels)[:, ::-degeneracy]


def anderson_levels(samples, *, disorder, side=8, flux=0.0, rng):
    r"""Draw the levels of a particle that hops on a cubic lattice with random site energies.

    .. math:: H = -\sum_{\langle xy\rangle} e^{i\phi_{xy}} |x\rangle\langle y|
              + \sum_x v_x |x\rangle\langle x|, \qquad v_x \in [-w/2, w/2] \text{ uniform}.

    Parameters
    ----------
    samples : int
    disorder : float
        Width w of the site energies, in units of the hopping. The states at the centre of the band
        extend over the lattice for w below about 16.5, and are localised above.
    side : int
        Sites in each of the three periodic directions, at least 3.
    flux : float
        Magnetic flux through each plaquette normal to the third axis, in units of the flux
        quantum: a multiple of 1 / side. Zero keeps the matrix real.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, side**3)
        Levels, ascending.

    Raises
    ------
    ValueError
        If an argument is out of range.

    References
    ----------
    Anderson, Phys. Rev. 109 (1958) 1492.
    """
    samples, side = positive_int("samples", samples), positive_int("side", side)
    width = positive("disorder", disorder)
    if side < 3:
        raise ValueError(f"side must be at least 3 sites, got {side}")
    flux = float(finite_array("flux", flux, ndim=0))
    if abs(flux * side - round(flux * side)) > 1e-9:
        raise ValueError(f"flux must be a multiple of 1/side = 1/{side}, got {flux}")
    rng = np.random.default_rng(rng)
    hopping = _hopping(side, flux)
    sites = np.arange(side**3)
    levels = np.empty((samples, side**3))
    for row in levels:
        hamiltonian = hopping.copy()
        hamiltonian[sites, sites] = rng.uniform(-width / 2, width / 2, side**3)
        row[:] = np.linalg.eigvalsh(hamiltonian)
    return levels


# --- Riemann-Siegel ------------------------------------------------------------------------------


def _theta(t):
    return special.loggamma(0.25 + 0.5j * t).imag - t / 2 * np.log(np.pi)


def _psi(p):
    return np.cos(2 * np.pi * (p**2 - p - 1 / 16)) / np.cos(2 * np.pi * p)


# psi is entire: the zeros of the denominator cancel. A polynomial makes its derivatives easy.
_PSI = Chebyshev.interpolate(_psi, 44, domain=[0, 1])
_CORRECTIONS = (
    _PSI,
    -_PSI.deriv(3) / (96 * np.pi**2),
    _PSI.deriv(6) / (18432 * np.pi**4) + _PSI.deriv(2) / (64 * np.pi**2),
)


def _riemann_siegel(t):
    """Return Riemann and Siegel's real Z(t), whose absolute value is that of zeta(1/2 + i t)."""
    root = np.sqrt(t / (2 * np.pi))
    whole = np.floor(root)
    theta = _theta(t)
    total = np.zeros_like(t)
    for n in range(1, int(whole.max()) + 1):
        total += (n <= whole) * np.cos(theta - t * np.log(n)) / np.sqrt(n)
    remainder = sum(c(root - whole) / root**k for k, c in enumerate(_CORRECTIONS))
    return 2 * total - (-1) ** whole * remainder / np.sqrt(root)


# --- lattices ------------------------------------------------------------------------------------


def _signs(size, rng):
    return rng.choice([-1.0, 1.0], size=(*size, 1, 1))


def _phases(size, rng):
    return np.exp(2j * np.pi * rng.random((*size, 1, 1)))


def _unit_quaternions(size, rng):
    a = rng.standard_normal((*size, 4))
    a, b, c, d = np.moveaxis(a / np.linalg.norm(a, axis=-1, keepdims=True), -1, 0)
    return np.stack([a + 1j * d, c + 1j * b, -c + 1j * b, a - 1j * d], -1).reshape(*size, 2, 2)


_LINKS = {"Z2": _signs, "U1": _phases, "SU2": _unit_quaternions}


def _even_odd_block(draw, side, dimension, rng):
    """Return the block of D from odd to even sites, colour included."""
    shape = (side,) * dimension
    position = np.indices(shape)
    even = position.sum(axis=0) % 2 == 0
    number = np.empty(shape, dtype=int)  # numbers even sites and odd sites separately
    number[even] = number[~even] = np.arange(even.sum())
    links = draw((dimension, *shape), rng)
    colours = links.shape[-1]
    block = np.zeros((even.sum(), even.sum(), colours, colours), dtype=links.dtype)
    for mu in range(dimension):
        eta = ((-1.0) ** position[:mu].sum(axis=0))[even][:, None, None]
        ahead = np.roll(number, -1, axis=mu)[even]
        behind = np.roll(number, 1, axis=mu)[even]
        from_behind = np.roll(links[mu], 1, axis=mu)[even].conj().swapaxes(-1, -2)
        block[number[even], ahead] = eta * links[mu][even] / 2
        block[number[even], behind] = -eta * from_behind / 2
    return block.swapaxes(1, 2).reshape(even.sum() * colours, -1)


def _hopping(side, flux):
    """Return the hopping matrix of a periodic cube with a magnetic field along the third axis."""
    x, y, z = np.indices((side,) * 3)
    site = (x * side + y) * side + z
    hopping = np.zeros((side**3, side**3), dtype=complex if flux else float)
    for axis in range(3):
        ahead = np.roll(site, -1, axis=axis)
        phase = np.exp(2j * np.pi * flux * x) if axis == 1 and flux else 1.0
        hopping[site, ahead] = -phase
        hopping[ahead, site] = -np.conj(phase)
    return hopping
