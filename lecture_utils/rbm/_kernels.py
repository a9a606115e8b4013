"""Compiled steps of one run: training, and the levels alone."""

import numpy as np
from numba import njit

# Compiled sums may be reordered; infinity and NaN keep their meaning.
_FAST = {"reassoc", "contract"}


@njit(fastmath=_FAST)
def _times(a, b, out):
    """out = a b."""
    for i in range(a.shape[0]):
        out[i] = 0.0
        for k in range(a.shape[1]):
            factor = a[i, k]
            for j in range(b.shape[1]):
                out[i, j] += factor * b[k, j]


@njit(fastmath=_FAST)
def _outer(a, out):
    """out = a a^T."""
    for i in range(a.shape[0]):
        for j in range(i + 1):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * a[j, k]
            out[i, j] = total
            out[j, i] = total


@njit(fastmath=_FAST)
def _cholesky(a, out):
    """Lower triangular out with a = out out^T; False if there is none."""
    n = a.shape[0]
    for j in range(n):
        pivot = a[j, j]
        for k in range(j):
            pivot -= out[j, k] ** 2
        if not pivot > 0:
            return False
        out[j, j] = np.sqrt(pivot)
        for i in range(j + 1, n):
            total = a[i, j]
            for k in range(j):
                total -= out[i, k] * out[j, k]
            out[i, j] = total / out[j, j]
            out[j, i] = 0.0
    return True


@njit
def _bartlett(rng, dof, out, first):
    """Fill columns from `first` on so that their product with the transpose is Wishart."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1] - first):
            if i < j or j >= dof:
                out[i, first + j] = 0.0
            elif i == j:
                out[i, first + j] = np.sqrt(2 * rng.standard_gamma((dof - j) / 2))
            else:
                out[i, first + j] = rng.standard_normal()


@njit
def _deal(rng, order, position, batch, replace, rows, moments):
    """Second moments of a batch of rows; returns the position in the epoch after it."""
    n = moments.shape[0]
    for i in range(n):
        for j in range(n):
            moments[i, j] = 0.0
    for _ in range(batch):
        if replace:
            row = int(rng.random() * rows.shape[0])
        else:
            position %= order.size
            other = position + int(rng.random() * (order.size - position))  # a step of a shuffle
            row, order[other] = order[other], order[position]
            order[position] = row
            position += 1
        for i in range(n):
            for j in range(n):
                moments[i, j] += rows[row, i] * rows[row, j] / batch
    return position


@njit(fastmath=_FAST)
def _sweep_matrices(product, sweeps, mu2, s2, power, spread, once, work):
    """M^k and Q of `train`; product = W W^T."""
    n = product.shape[0]
    for i in range(n):
        for j in range(n):
            once[i, j] = s2 / mu2 * product[i, j]
            power[i, j] = once[i, j]
            spread[i, j] = 1.0 if i == j else 0.0
    for _ in range(sweeps - 1):  # spread = 1 + M + ... + M^(k-1)
        for i in range(n):
            for j in range(n):
                spread[i, j] += power[i, j]
                work[i, j] = power[i, j]
        _times(work, once, power)
    _times(power, spread, work)
    for i in range(n):
        for j in range(n):
            spread[i, j] = (spread[i, j] + work[i, j]) / mu2


@njit(fastmath=_FAST)
def train_run(
    rng, weights, chains, record, rate, batch, sweeps, mu2, s2, mode, data, factor, rows, products
):
    """Train one run in place; returns the step at which the kernel was lost, or -1.

    `data` starts as the exact second moments, and is overwritten where batches are drawn.
    """
    n, explicit = chains.shape
    hidden = batch - explicit  # chains of which only the Gram matrix is known
    product, shifted, root = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    power, spread, second = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    once, work, update = np.zeros((n, n)), np.zeros((n, n)), np.zeros(weights.shape)
    noise = np.zeros((n, explicit + min(n, hidden)))
    moved, carried = np.zeros(noise.shape), np.zeros((n, explicit))
    order, position, recorded = np.arange(rows.shape[0]), 0, 0
    for step in range(record[-1] + 1):
        _outer(weights, product)
        for i in range(n):
            for j in range(n):
                shifted[i, j] = -s2 * product[i, j]
            shifted[i, i] += mu2
        if not _cholesky(shifted, root):
            return step
        if step == record[recorded]:
            for i in range(n):
                for j in range(n):
                    products[recorded, i, j] = product[i, j]
            recorded += 1
        if step == record[-1]:
            break
        # the chains
        _sweep_matrices(product, sweeps, mu2, s2, power, spread, once, work)
        _cholesky(spread, root)
        for i in range(n):
            for b in range(explicit):
                noise[i, b] = rng.standard_normal()
        if hidden > 0:
            _bartlett(rng, hidden, noise, explicit)
        _times(root, noise, moved)
        _times(power, chains, carried)
        for i in range(n):
            for b in range(explicit):
                moved[i, b] += carried[i, b]
                chains[i, b] = moved[i, b]
        _outer(moved, second)
        if hidden > 0:
            _cholesky(second, chains)
        # the data
        if mode > 0 and rows.shape[0] > 0:
            position = _deal(rng, order, position, batch, mode == 1, rows, data)
        elif mode == 1:
            _bartlett(rng, batch, work, 0)
            _times(factor, work, root)
            _outer(root, data)
            for i in range(n):
                for j in range(n):
                    data[i, j] /= batch
        for i in range(n):
            for j in range(n):
                work[i, j] = data[i, j] - second[i, j] / batch
        _times(work, weights, update)
        for i in range(n):
            for j in range(weights.shape[1]):
                weights[i, j] += rate * s2 * update[i, j]
    return -1


@njit(fastmath=_FAST)
def dyson_run(rng, x, steps, longest, rate, mu2, kappa, model, data, ito, lag):
    """Move the levels x of one run in place; kernels are in units of sigma_h^2."""
    n, time = x.size, 0.0
    drift, noise = np.zeros(n), np.zeros(n)
    while time < steps:
        dt = min(longest, steps - time)
        for i in range(n):
            k = mu2 - x[i]
            drift[i] = 2 * rate * x[i] * (1 / kappa[i] - 1 / k) + ito[i]
            for j in range(n):
                v = model[i, j] / (k * (mu2 - x[j])) + data[i, j] / (kappa[i] * kappa[j])
                v *= (rate * (x[i] + x[j])) ** 2
                if i == j:
                    noise[i] = np.sqrt(2 * v)
                else:
                    gap = x[i] - x[j]
                    # Closer than noise moves them in the shortest step, levels push no harder.
                    drift[i] += (v - lag[i, j] * x[i]) * gap / (gap**2 + 0.002 * longest * v)
                    dt = min(dt, max(0.05 * gap**2 / v, 0.001 * longest))
        for i in range(n):
            x[i] += drift[i] * dt + noise[i] * np.sqrt(dt) * rng.standard_normal()
        x.sort()
        time += dt
