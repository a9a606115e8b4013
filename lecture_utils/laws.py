r"""The laws of random matrix theory that the lecture compares its networks with.

Every function returns a frozen ``scipy.stats`` distribution: ``law.pdf``, ``law.cdf``,
``law.ppf``, ``law.rvs``, ``law.mean()`` and ``scipy.stats.kstest(sample, law.cdf)`` all work.
Where scipy has the law already (Rayleigh, Maxwell, chi, semicircle, truncated Pareto) it is
scipy's; the others are small subclasses of ``rv_continuous`` with a closed distribution function,
or, for Gaudin's and Tracy and Widom's laws, one that is computed once from a Fredholm determinant.

Conventions
-----------
- ``sigma`` is the scale of the lecture's stationary law, ``exp(-x**2 / (2 sigma**2))`` times the
  repulsion: a real symmetric matrix with variance ``sigma**2`` on the diagonal and
  ``sigma**2 / 2`` off it.
- ``beta`` is Dyson's index: 1 real symmetric, 2 complex Hermitian, 4 quaternionic.
- A weight matrix W has M rows and N columns, ``r = N / M``, and ``variance = M Var(W_ij)``, which
  is one for the lecture's choice. Levels are the eigenvalues of ``W.T @ W``.
"""

from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.polynomial import Chebyshev
from scipy import special, stats
from scipy.optimize.elementwise import find_root

from lecture_utils._checks import finite_array, one_of, positive, positive_int

MEAN_SPACING_RATIO = MappingProxyType({0: 2 * np.log(2) - 1, 1: 0.5307, 2: 0.5996, 4: 0.6744})
"""Mean ratio of neighbouring spacings in a large spectrum, by Dyson's index (0: Poisson levels).

The value for Poisson levels is exact; the others are the large-matrix values of Atas et al.,
Phys. Rev. Lett. 110 (2013) 084101, Table I, with an error of one in the last digit.
"""


# Spacings of two levels


def wigner_surmise(beta=1.0):
    r"""Wigner's surmise for the spacing of neighbouring levels, in units of its mean.

    .. math:: P(s) = a s^\beta e^{-b s^2}, \qquad \int P = \int s P = 1.

    A scaled chi law with ``beta + 1`` degrees of freedom: Rayleigh for ``beta = 1``, Maxwell for
    ``beta = 2``. Exact for two levels, an approximation (see `gaudin`) in a large spectrum.

    Parameters
    ----------
    beta : float
        Dyson's index, any positive number.

    Returns
    -------
    scipy.stats frozen distribution on s >= 0, of mean one

    Raises
    ------
    ValueError
        If `beta` is not a finite number above zero.
    """
    beta = positive("beta", beta)
    mean = np.sqrt(2) * special.poch((beta + 1) / 2, 0.5)
    return stats.chi(beta + 1, scale=1 / mean)


def two_level_spacing(sigma):
    r"""Spacing S of the two levels of a real symmetric 2 x 2 matrix, in units of the levels.

    .. math:: P(S) = \frac{S}{2\sigma^2} e^{-S^2/4\sigma^2}, \qquad \langle S\rangle=\sqrt\pi\sigma.

    A Rayleigh law of scale :math:`\sqrt2\,\sigma`.

    Parameters
    ----------
    sigma : float
        Scale of the lecture's stationary law.

    Returns
    -------
    scipy.stats frozen distribution on S >= 0

    Raises
    ------
    ValueError
        If `sigma` is not a finite number above zero.
    """
    return stats.rayleigh(scale=np.sqrt(2) * positive("sigma", sigma))


# Densities of levels


def semicircle(sigma, n):
    r"""Wigner's semicircle for the levels of an n x n real symmetric matrix, as n grows.

    .. math:: \rho(x) = \frac{2}{\pi R^2}\sqrt{R^2-x^2}, \qquad R = \sigma\sqrt{2n}.

    Parameters
    ----------
    sigma : float
        Scale of the lecture's stationary law (diagonal variance `sigma` squared).
    n : int
        Number of levels.

    Returns
    -------
    scipy.stats frozen distribution on [-R, R]

    Raises
    ------
    ValueError
        If `sigma` is not positive or `n` is not a positive integer.
    """
    return stats.semicircular(scale=positive("sigma", sigma) * np.sqrt(2 * positive_int("n", n)))


class _TwoLevelDensity(stats.rv_continuous):
    """Density of the two levels of a 2 x 2 real symmetric matrix, sigma = 1."""

    def _pdf(self, x):
        x = np.clip(x, -100, 100)  # where the density is zero in floating point: no inf times 0
        return np.exp(-(x**2)) / (2 * np.sqrt(np.pi)) + x * np.exp(-(x**2) / 2) * special.erf(
            x / np.sqrt(2)
        ) / np.sqrt(8)

    def _cdf(self, x):
        # The term x exp(-x^2/2) erf(x/sqrt 2) integrated once by parts.
        return special.ndtr(np.sqrt(2) * x) - np.exp(-(x**2) / 2) * special.erf(
            x / np.sqrt(2)
        ) / np.sqrt(8)

    def _sf(self, x):
        return self._cdf(-x)  # both terms of _cdf are positive below zero: nothing cancels

    def _isf(self, q):
        return -self._ppf(q)

    def _rvs(self, size=None, random_state=None):
        # The centre of the pair and its spacing are independent.
        centre = random_state.normal(scale=np.sqrt(0.5), size=size)
        half_spacing = random_state.rayleigh(scale=np.sqrt(0.5), size=size)
        return centre + random_state.choice([-1, 1], size=size) * half_spacing


_two_level_density = _TwoLevelDensity(momtype=0, name="two_level_density")


def two_level_density(sigma):
    r"""Density of the two levels of a real symmetric 2 x 2 matrix: the lecture's formula with Erf.

    .. math::

        \rho(x) = \frac{e^{-x^2/2\sigma^2}}{4\sqrt\pi\,\sigma} \left[2e^{-x^2/2\sigma^2}
        + \sqrt{2\pi}\,\frac{x}{\sigma}\,\mathrm{Erf}\frac{x}{\sqrt2\sigma}\right].

    Its variance is :math:`3\sigma^2/2` and its fourth moment :math:`23\sigma^4/4`.

    Parameters
    ----------
    sigma : float
        Scale of the lecture's stationary law.

    Returns
    -------
    scipy.stats frozen distribution on the real line

    Raises
    ------
    ValueError
        If `sigma` is not a finite number above zero.
    """
    return _two_level_density(scale=positive("sigma", sigma))


class _MarchenkoPastur(stats.rv_continuous):
    """Marchenko and Pastur's law at variance one; `variance` is its scale parameter."""

    def _argcheck(self, r):
        return (r > 0) & np.isfinite(r)

    def _get_support(self, r):
        # For r > 1 there is an atom at zero. The support starts one number below zero, so that
        # scipy, which sets cdf = 0 at the left end, gives cdf(0) = 1 - 1/r.
        return np.where(r > 1, np.nextafter(0, -1), (1 - np.sqrt(r)) ** 2), (1 + np.sqrt(r)) ** 2

    @staticmethod
    def _mass_from_edge(angle, r, side):
        """Mass of the continuous part within `angle` of the lower (side 1) or upper edge (-1).

        There x = 1 + r - side 2 sqrt(r) cos(angle). The closed form loses its digits near the
        edge, where the density in the angle is smooth and quadrature does not.
        """
        angle, r = np.broadcast_arrays(np.atleast_1d(angle), r)
        near, far = np.abs(1 - side * np.sqrt(r)), np.abs(1 + side * np.sqrt(r))
        turn = 2 * np.arctan2(far * np.sin(angle / 2), near * np.cos(angle / 2))
        area = (1 + r) * angle + side * 2 * np.sqrt(r) * np.sin(angle) - np.abs(1 - r) * turn
        mass = area / (2 * np.pi * r)
        close = (angle < 1) & (far * np.tan(angle / 2) < near)
        nodes, weights = np.polynomial.legendre.leggauss(20)
        t = angle[close][:, None] * (1 + nodes) / 2
        x = near[close][:, None] ** 2 + side * 4 * np.sqrt(r[close])[:, None] * np.sin(t / 2) ** 2
        mass[close] = angle[close] / np.pi * np.sum(weights * np.sin(t) ** 2 / x, axis=-1)
        return mass

    @staticmethod
    def _angle(x, r):
        """Angle of x from the lower edge, and from the upper."""
        below = np.sqrt(np.maximum(x - (1 - np.sqrt(r)) ** 2, 0))
        above = np.sqrt(np.maximum((1 + np.sqrt(r)) ** 2 - x, 0))
        return 2 * np.arctan2(below, above), 2 * np.arctan2(above, below)

    def _quantile(self, mass, r, side):
        """Where the continuous part has this mass on one side."""
        angle = find_root(
            lambda angle, mass, r: self._mass_from_edge(angle, r, side) - mass,
            (0.0, np.pi),
            args=(np.clip(mass, 0, self._mass_from_edge(np.pi, r, side)), r),
        ).x
        return (1 - side * np.sqrt(r)) ** 2 + side * 4 * np.sqrt(r) * np.sin(angle / 2) ** 2

    def _pdf(self, x, r):
        below = np.maximum(x - (1 - np.sqrt(r)) ** 2, 0)
        above = np.maximum((1 + np.sqrt(r)) ** 2 - x, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            # At r = 1 the lower edge is at zero, where the density diverges.
            over_x = np.where(r == 1, 1 / np.sqrt(x), np.sqrt(below) / x)
        return (
            np.where(x > 0, over_x, np.where(r == 1, np.inf, 0)) * np.sqrt(above) / (2 * np.pi * r)
        )

    def _cdf(self, x, r):
        low, high = self._angle(x, r)
        atom = np.maximum(1 - 1 / r, 0)
        above = 1 - self._mass_from_edge(high, r, -1)
        below = np.where(low < high, atom + self._mass_from_edge(low, r, 1), above)
        return np.where(x < 0, 0, below)

    def _sf(self, x, r):
        low, high = self._angle(x, r)
        below = np.minimum(1, 1 / r) - self._mass_from_edge(low, r, 1)
        above = np.where(high < low, self._mass_from_edge(high, r, -1), below)
        return np.where(x < 0, 1, above)

    def _ppf(self, q, r):
        atom = np.maximum(1 - 1 / r, 0)
        return np.where(q <= atom, 0, self._quantile(q - atom, r, 1))

    def _isf(self, q, r):
        return np.where(
            q >= np.minimum(1, 1 / r), np.maximum(1 - np.sqrt(r), 0) ** 2, self._quantile(q, r, -1)
        )

    def ppf(self, q, *args, **kwds):
        # scipy returns the end of the support for q = 0: here one number below the atom.
        _, loc, _ = self._parse_args(*args, **kwds)
        return np.maximum(super().ppf(q, *args, **kwds), loc)[()]

    def isf(self, q, *args, **kwds):
        _, loc, _ = self._parse_args(*args, **kwds)
        return np.maximum(super().isf(q, *args, **kwds), loc)[()]

    def expect(
        self, func=None, args=(), loc=0, scale=1, lb=None, ub=None, conditional=False, **kwds
    ):
        # scipy integrates the density, which does not see the atom.
        func = (lambda x: x) if func is None else func
        value = super().expect(func, args, loc, scale, lb, ub, False, **kwds)
        if (lb is None or lb <= loc) and (ub is None or ub >= loc):
            atom = max(1 - 1 / args[0], 0)
            value += atom * func(loc) if atom else 0
        if not conditional:
            return value
        low = 0 if lb is None else self.cdf(np.nextafter(lb, -np.inf), *args, loc, scale)
        return value / ((1 if ub is None else self.cdf(ub, *args, loc, scale)) - low)

    def _entropy(self, r):
        return -np.inf if r > 1 else super()._entropy(r)  # an atom has no density

    def _stats(self, r):
        return 1.0, r, np.sqrt(r), r - 1  # central moments; from raw ones they cancel

    def _munp(self, n, r):
        j = np.arange(int(n))
        narayana = special.binom(n, j) * special.binom(n - 1, j) / (j + 1)
        return np.sum(narayana * np.power.outer(np.asarray(r, dtype=float), j), axis=-1)


_marchenko_pastur = _MarchenkoPastur(name="marchenko_pastur")


def marchenko_pastur(r, variance=1.0):
    r"""Marchenko and Pastur's law for the eigenvalues of ``W.T @ W``, W of M rows, N columns.

    .. math::

        P(x) = \frac{\sqrt{(x_+-x)(x-x_-)}}{2\pi v r x},\qquad x_\pm=v(1\pm\sqrt r)^2,
        \quad v = M\,\mathrm{Var}(W_{ij}).

    With the default ``variance = 1`` this is the lecture's choice :math:`\sigma^2=1/M`; with
    ``variance = M * sigma**2`` it is the general formula of the lecture. For ``r > 1`` a fraction
    ``1 - 1/r`` of the levels is exactly zero: ``cdf``, ``ppf``, ``rvs`` and the moments include
    this atom, ``pdf`` is the density of the others and integrates to ``1/r``. The Kolmogorov-
    Smirnov test needs a law without atoms: compare the N - (N - M) levels that are not zero with
    ``marchenko_pastur(1 / r, variance * r)``.

    Parameters
    ----------
    r : float
        Columns over rows, N / M. One is allowed: the density then diverges as ``x**(-1/2)``.
    variance : float
        Number of rows times the variance of an entry.

    Returns
    -------
    scipy.stats frozen distribution, moments :math:`v^k\sum_j N_{kj} r^{j}` (Narayana numbers)

    Raises
    ------
    ValueError
        If a parameter is not a finite number above zero.

    References
    ----------
    V. A. Marchenko and L. A. Pastur, Math. USSR-Sb. 1 (1967) 457.
    """
    return _marchenko_pastur(positive("r", r), scale=positive("variance", variance))


def marchenko_pastur_density(x, r, variance=1.0, amplitude=1.0):
    r"""Marchenko and Pastur's density with an amplitude, as the lecture fits it to a transformer.

    The amplitude is the fraction of levels in the random part of the spectrum. What the slide
    with A calls :math:`\sigma^2` is `variance`, the number of rows times the variance of an entry.

    Parameters
    ----------
    x : array_like
        Where to evaluate the density; zero outside the edges.
    r, variance : float
        As in `marchenko_pastur`.
    amplitude : float
        A > 0.

    Returns
    -------
    numpy.ndarray
        Same shape as `x`.

    Raises
    ------
    ValueError
        If `r`, `variance` or `amplitude` is not a finite number above zero.
    """
    x = finite_array("x", x)
    return positive("amplitude", amplitude) * marchenko_pastur(r, variance).pdf(x)


# Ratios of neighbouring spacings


class _SpacingRatio(stats.rv_continuous):
    r"""min(r, 1/r) for the two spacings of three levels.

    In the plane of the two spacings the repulsion depends on the direction only. With the angle
    theta in [0, pi/2] defined by r = (sqrt(3) tan(pi/6 + theta/3) - 1)/2 the law of Atas et al.
    is sin(theta)**beta d theta, so that sin(theta)**2 follows a beta law.
    """

    @staticmethod
    def _sine_and_cosine(r):
        shape = 1 + r + r**2
        sine = 1.5 * np.sqrt(3) * (r + r**2) / shape**1.5
        cosine = (1 - r) * (1 + 2 * r) * (2 + r) / (2 * shape**1.5)
        return sine, cosine

    def _argcheck(self, beta):
        return (beta > 0) & np.isfinite(beta)

    def _pdf(self, x, beta):
        sine, _ = self._sine_and_cosine(x)
        slope = 1.5 * np.sqrt(3) / (1 + x + x**2)
        return 2 * sine**beta * slope / special.beta((beta + 1) / 2, 0.5)

    def _cdf(self, x, beta):
        sine, cosine = self._sine_and_cosine(x)
        # Two forms of one function: each loses digits at the other's end.
        return np.where(
            sine < cosine,
            special.betainc((beta + 1) / 2, 0.5, np.minimum(sine, 1) ** 2),
            special.betaincc(0.5, (beta + 1) / 2, np.minimum(cosine, 1) ** 2),
        )

    def _ppf(self, q, beta):
        sine_squared = special.betaincinv((beta + 1) / 2, 0.5, q)
        cosine_squared = special.betainccinv(0.5, (beta + 1) / 2, q)
        theta = np.arctan2(np.sqrt(sine_squared), np.sqrt(cosine_squared))
        # (sqrt(3) tan(pi/6 + theta/3) - 1) / 2, written without a difference of equal numbers.
        tangent = np.tan(theta / 3)
        return 2 * tangent / (np.sqrt(3) - tangent)


_spacing_ratio = _SpacingRatio(momtype=0, a=0.0, b=1.0, name="spacing_ratio")


def spacing_ratio(beta=1.0):
    r"""Ratio of the smaller to the larger of two neighbouring spacings, surmise of three levels.

    .. math:: P(r) = \frac{2}{Z_\beta}\frac{(r+r^2)^\beta}{(1+r+r^2)^{1+3\beta/2}},
              \qquad 0\le r\le 1, \quad Z_1 = \tfrac{8}{27}.

    The means are 0.5359, 0.6027, 0.6762 for ``beta`` = 1, 2, 4; those of a large spectrum are in
    `MEAN_SPACING_RATIO`.

    Parameters
    ----------
    beta : float
        Dyson's index, any positive number.

    Returns
    -------
    scipy.stats frozen distribution on [0, 1]

    Raises
    ------
    ValueError
        If `beta` is not a finite number above zero.

    References
    ----------
    Y. Y. Atas, E. Bogomolny, O. Giraud and G. Roux, Phys. Rev. Lett. 110 (2013) 084101, eq. (7).
    """
    return _spacing_ratio(positive("beta", beta))


def poisson_spacing_ratio():
    r"""Ratio of the smaller to the larger of two neighbouring spacings of uncorrelated levels.

    .. math:: P(r) = \frac{2}{(1+r)^2}, \qquad 0\le r\le1, \quad \langle r\rangle = 2\ln2-1.

    Returns
    -------
    scipy.stats frozen distribution on [0, 1]
        A truncated Pareto law for 1 + r.
    """
    return stats.truncpareto(1, 2, loc=-1)


# Laws from Fredholm determinants


class _FromPolynomial(stats.rv_continuous):
    """Law whose distribution function is a Chebyshev polynomial on its domain.

    Another one, `tail`, may give the logarithm of the survival function at the upper end of the
    domain, where one minus the distribution function would lose its digits.
    """

    def __init__(self, distribution, tail=None, **kwargs):
        self.distribution, self.tail = distribution, tail
        kwargs["a"], kwargs["b"] = distribution.domain
        kwargs["momtype"] = 0  # moments from the density, not from the slower quantiles
        super().__init__(**kwargs)
        self._density = distribution.deriv()

    def _updated_ctor_param(self):
        # scipy builds a frozen law anew from these.
        return super()._updated_ctor_param() | {
            "distribution": self.distribution,
            "tail": self.tail,
        }

    def _pdf(self, x):
        density = np.maximum(self._density(x), 0)
        if self.tail is None:
            return density
        return np.where(self._in_tail(x), -self.tail.deriv()(x) * self._tail_mass(x), density)

    def _cdf(self, x):
        return np.clip(self.distribution(x), 0, 1)

    def _sf(self, x):
        mass = 1 - self._cdf(x)
        return mass if self.tail is None else np.where(self._in_tail(x), self._tail_mass(x), mass)

    def _in_tail(self, x):
        return x > self.tail.domain[0]

    def _tail_mass(self, x):
        return np.exp(self.tail(np.maximum(x, self.tail.domain[0])))

    def _ppf(self, q):
        return self._root(self._cdf, q)

    def _isf(self, q):
        return self._root(self._sf, q)

    def _root(self, function, q):
        ends = np.sort(function(np.array([self.a, self.b])))
        return find_root(
            lambda x, q: function(x) - q, (self.a, self.b), args=(np.clip(q, *ends),)
        ).x


def _quadrature_matrix(kernel, weights):
    """Symmetric matrix of a kernel (..., n, n) at nodes with the weights (..., n)."""
    root = np.sqrt(weights)
    return root[..., :, None] * kernel * root[..., None, :]


def _determinants(kernel, nodes, weights):
    """det(1 - K) by Gauss-Legendre quadrature; arrays (..., n, n), (n,) and (..., n)."""
    return np.linalg.det(np.eye(len(nodes)) - _quadrature_matrix(kernel, weights))


def _gaps_in_bulk(s):
    """det(1 - K+) and det(1 - K-), sine kernel on (0, s), even and odd functions; shape of s."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    x = np.multiply.outer(s, (1 + nodes) / 4)
    weights = np.multiply.outer(s, weights / 4)
    difference = np.sinc(x[..., :, None] - x[..., None, :])
    total = np.sinc(x[..., :, None] + x[..., None, :])
    return tuple(_determinants(difference + sign * total, nodes, weights) for sign in (1, -1))


def _levels_at_edge(s):
    """Eigenvalues of T(x, y) = Ai(x + y + s) on (0, infinity); shape of s plus (48,)."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    reach = 20.0  # the half line cut there: the determinants change by less than 1e-13
    x = (1 + nodes) * reach / 2
    airy = special.airy(np.add.outer(s, np.add.outer(x, x)))[0]
    return np.linalg.eigvalsh(_quadrature_matrix(airy, weights * reach / 2))


_NO_LEVEL_IN_BULK = {
    # Dyson's index: probability of no level in an interval of s mean spacings, and its reach
    1: (lambda s: _gaps_in_bulk(s)[0], 8.0),
    2: (lambda s: np.prod(_gaps_in_bulk(s), axis=0), 6.0),
    4: (lambda s: np.mean(_gaps_in_bulk(2 * s), axis=0), 4.0),
}

_EDGE_LEVELS = {
    # Dyson's index: numbers l whose product of 1 - l is the probability of no level above s
    1: _levels_at_edge,
    2: lambda s: _levels_at_edge(s) ** 2,
}


@lru_cache
def _gaudin(beta):
    no_level, reach = _NO_LEVEL_IN_BULK[beta]
    gap = Chebyshev.interpolate(no_level, 60, domain=[0.0, reach])
    return _FromPolynomial(1 + gap.deriv(), name="gaudin")


def gaudin(beta=1):
    r"""Exact law of the spacing of neighbouring levels in a large spectrum, mean one.

    With :math:`E(s)` the probability that an interval of s mean spacings holds no level,
    :math:`P(s) = E''(s)`. For the sine kernel split into even and odd functions on the interval,

    .. math:: E_1(s)=\det(1-K_+),\quad E_2(s)=\det(1-K_+)\det(1-K_-),\quad
              E_4(s)=\tfrac12\bigl[\det(1-K_+)+\det(1-K_-)\bigr](2s).

    The determinants are computed by Gauss-Legendre quadrature at Chebyshev points in s, once;
    the polynomial through them is differentiated. The density is right to 1e-9 and ``cdf`` and
    ``sf`` to 1e-10, absolute: not relative to themselves where they are smaller.

    Parameters
    ----------
    beta : {1, 2, 4}
        Dyson's index.

    Returns
    -------
    scipy.stats frozen distribution
        On 0 <= s <= 8, 6, 4 for ``beta`` = 1, 2, 4; the mass beyond is below 1e-14.

    Raises
    ------
    ValueError
        If `beta` is not 1, 2 or 4.

    References
    ----------
    M. Gaudin, Nucl. Phys. 25 (1961) 447; M. L. Mehta, Random Matrices, 3rd ed., chapters 6, 7, 11;
    F. Bornemann, Markov Process. Relat. Fields 16 (2010) 803 (numerical scheme).
    """
    return _gaudin(int(one_of("beta", beta, _NO_LEVEL_IN_BULK)))()


@lru_cache
def _tracy_widom(beta):
    def distribution(s):
        return np.prod(1 - _EDGE_LEVELS[beta](s), axis=-1)

    def log_tail(s):
        return np.log(-np.expm1(np.sum(np.log1p(-_EDGE_LEVELS[beta](s)), axis=-1)))

    return _FromPolynomial(
        Chebyshev.interpolate(distribution, 100, domain=[-10.0, 14.0]),
        Chebyshev.interpolate(log_tail, 40, domain=[-1.0, 14.0]),
        name="tracy_widom",
    )


def tracy_widom(beta=1, *, loc=0.0, scale=1.0):
    r"""Tracy and Widom's law of the largest level, at the soft edge of a large spectrum.

    With the operator T of kernel :math:`\mathrm{Ai}(x+y+s)` on the half line,

    .. math:: F_1(s)=\det(1-T), \qquad F_2(s)=\det(1-T)\det(1+T).

    Computed once at Chebyshev points by Gauss-Legendre quadrature. ``cdf`` and ``pdf`` are right to
    1e-12; above the centre (from s = -1 on) ``sf``, ``isf`` and ``pdf`` have a relative accuracy of
    1e-9.

    Parameters
    ----------
    beta : {1, 2}
        Dyson's index.
    loc, scale : float
        Centre and scale of the edge: the law is that of ``loc + scale * s``.

    Returns
    -------
    scipy.stats frozen distribution
        On -10 <= s <= 14; the mass beyond is below 1e-14.

    Raises
    ------
    ValueError
        If `beta` is not 1 or 2, or `scale` is not a finite number above zero.

    References
    ----------
    C. A. Tracy and H. Widom, Commun. Math. Phys. 159 (1994) 151; P. L. Ferrari and H. Spohn,
    J. Phys. A 38 (2005) L557 (the determinant for beta = 1); F. Bornemann, Markov Process. Relat.
    Fields 16 (2010) 803 (numerical scheme).
    """
    return _tracy_widom(int(one_of("beta", beta, _EDGE_LEVELS)))(
        loc=loc, scale=positive("scale", scale)
    )


def largest_wishart_level(m, n, variance=1.0):
    r"""Law of the largest eigenvalue of ``W.T @ W``, W of m rows and n columns, both large.

    Tracy and Widom's law with

    .. math:: \mu=\bigl(\sqrt{m'}+\sqrt{n'}\bigr)^2,\qquad
              \tau=\bigl(\sqrt{m'}+\sqrt{n'}\bigr)
              \Bigl(\frac1{\sqrt{m'}}+\frac1{\sqrt{n'}}\Bigr)^{1/3},
              \qquad m'=m-\tfrac12,\ n'=n-\tfrac12,

    in units of the variance of an entry. The halves bring the error from order
    :math:`n^{-1/3}` down to :math:`n^{-2/3}`.

    Parameters
    ----------
    m, n : int
        Rows and columns.
    variance : float
        m times the variance of an entry, as in `marchenko_pastur`.

    Returns
    -------
    scipy.stats frozen distribution

    Raises
    ------
    ValueError
        If `m` or `n` is not a positive integer or `variance` is not positive.

    References
    ----------
    I. M. Johnstone, Ann. Statist. 29 (2001) 295, theorem 1.1; Z. Ma, Bernoulli 18 (2012) 322
    (the halves).
    """
    rows = np.sqrt(positive_int("m", m) - 0.5)
    columns = np.sqrt(positive_int("n", n) - 0.5)
    unit = positive("variance", variance) / m
    scale = (rows + columns) * (1 / rows + 1 / columns) ** (1 / 3)
    return tracy_widom(1, loc=unit * (rows + columns) ** 2, scale=unit * scale)
