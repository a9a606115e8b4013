r"""Compiled SGD for the network [3, 32, 16, 1] with tanh, in single precision.

Numba compiles the loops; the arithmetic of one step is written as LLVM vector code, sixteen
numbers at a time. Where the processor has narrower vectors LLVM splits them, with the same result
up to rounding. Two ways to fill the sixteen lanes:

* `middle_kernel`: one network, of which only the middle matrix learns. A lane is one of its
  sixteen outputs.
* `all_kernel`: sixteen networks of which all layers learn. A lane is a network.

The arithmetic may reorder sums but must respect NaN: a network that diverged stays visibly so.
"""

from functools import lru_cache

import numpy as np
from llvmlite import ir
from numba import float32, njit, void
from numba.core import cgutils
from numba.extending import intrinsic

#: Numbers in one vector.
LANES = 16
#: Largest batch of the kernels, whose code is unrolled over the batch.
LARGEST_BATCH = 16

_FLAGS = ("contract", "reassoc", "nsz", "arcp")  # not "fast", which may take NaN for impossible
_FLOAT, _INT = ir.FloatType(), ir.IntType(64)
_VECTOR = ir.VectorType(_FLOAT, LANES)
_HIDDEN, _OUT, _IN = 32, 16, 3

# tanh(x) = x P(x^2)/Q(x^2): minimax fit on |x| < 8, relative error 7e-9 before rounding. Behind
# 8 the fraction rises above one; input and output are cut, so that saturation is exact.
_P = (1.522966291e-08, 2.189419144e-05, 0.003571571911, 0.1344447667, 0.9999999936)
_Q = (8.522161131e-07, 0.0003411247686, 0.02616434574, 0.4677780399, 1.0)
_CUT = 9.5


class _Vectors:
    """Arithmetic on vectors of sixteen floats for an LLVM builder."""

    def __init__(self, builder):
        self.builder = builder

    def constant(self, value):
        return ir.Constant(_VECTOR, [ir.Constant(_FLOAT, float(np.float32(value)))] * LANES)

    def spread(self, scalar):
        """Return the vector that has `scalar` in each lane."""
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        first = self.builder.insert_element(nothing, scalar, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.builder.shuffle_vector(first, nothing, zeros)

    def add(self, a, b):
        return self.builder.fadd(a, b, flags=_FLAGS)

    def sub(self, a, b):
        return self.builder.fsub(a, b, flags=_FLAGS)

    def mul(self, a, b):
        return self.builder.fmul(a, b, flags=_FLAGS)

    def fma(self, a, b, c):
        return self.add(self.mul(a, b), c)

    def total(self, a):
        """Return the vector that has the sum over all lanes of `a` in each lane."""
        for half in (8, 4, 2, 1):
            turn = [(lane + half) % LANES for lane in range(LANES)]
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), turn)
            a = self.add(a, self.builder.shuffle_vector(a, a, mask))
        return a

    def tanh(self, vectors):
        """Return tanh of each vector of a list; two of them share one slow division."""
        cut = [self._cut(x, _CUT) for x in vectors]
        squares = [self.mul(x, x) for x in cut]
        p = [self.mul(x, self._polynomial(_P, u)) for x, u in zip(cut, squares, strict=True)]
        q = [self._polynomial(_Q, u) for u in squares]
        fractions = []
        for k in range(0, len(vectors) - 1, 2):
            inverse = self._divide(self.constant(1), self.mul(q[k], q[k + 1]))
            fractions.append(self.mul(self.mul(p[k], q[k + 1]), inverse))
            fractions.append(self.mul(self.mul(p[k + 1], q[k]), inverse))
        if len(vectors) % 2:
            fractions.append(self._divide(p[-1], q[-1]))
        return [self._cut(x, 1.0) for x in fractions]

    def slope(self, value):
        """Derivative of tanh where it has this value."""
        return self.sub(self.constant(1), self.mul(value, value))

    def load(self, pointer, offset=0):
        vector = self.builder.load(self._at(pointer, offset), typ=_VECTOR)
        vector.align = 4
        return vector

    def store(self, vector, pointer, offset=0):
        place = self.builder.bitcast(self._at(pointer, offset), _VECTOR.as_pointer())
        self.builder.store(vector, place).align = 4

    def scalar(self, pointer, offset):
        """Load one float and return it in each lane."""
        return self.spread(self.builder.load(self._at(pointer, offset), typ=_FLOAT))

    def variables(self, count):
        """Return `count` vectors in memory, set to zero, that loops can add to."""
        pointers = [cgutils.alloca_once(self.builder, _VECTOR) for _ in range(count)]
        for pointer in pointers:
            self.builder.store(self.constant(0), pointer)
        return pointers

    def loop(self, count, stride):
        """Yield from a loop in the compiled code the offset of the current block of vectors."""
        with cgutils.for_range(self.builder, _INT(count)) as loop:
            yield self.builder.mul(loop.index, _INT(stride * LANES))

    def _at(self, pointer, offset):
        offset = _INT(offset) if isinstance(offset, int) else offset
        return self.builder.gep(pointer, [offset], source_etype=_FLOAT)

    def shift(self, offset, vectors):
        return self.builder.add(offset, _INT(vectors * LANES))

    def _divide(self, a, b):
        return self.builder.fdiv(a, b, flags=_FLAGS)

    def _cut(self, x, bound):
        # Ordered comparisons are false for NaN, which therefore passes.
        for sign, limit in ((">", self.constant(bound)), ("<", self.constant(-bound))):
            x = self.builder.select(self.builder.fcmp_ordered(sign, x, limit), limit, x)
        return x

    def _polynomial(self, coefficients, x):
        value = self.constant(coefficients[0])
        for c in coefficients[1:]:
            value = self.fma(value, x, self.constant(c))
        return value


def _pointers(context, builder, signature, arguments):
    return [
        context.make_array(kind)(context, builder, argument).data
        for kind, argument in zip(signature.args, arguments, strict=False)
        if hasattr(kind, "ndim")
    ]


@lru_cache
def middle_kernel(batch_size):
    """Compile the training of the middle matrix.

    Returns
    -------
    callable
        ``kernel(weights, inputs, targets, last, rate, steps, start)``: `steps` updates in place
        of `weights` (32, 16), one row for each input, with batch number `start` of `inputs`
        (batches, |B|, 32) and `targets` (batches, |B|) first and the others in turn. `last`
        (16,) is the last layer and `rate` the learning rate. All arrays are ``float32``.
    """
    samples = range(batch_size)

    @intrinsic
    def step(typing_context, weights, inputs, last, targets, factor):
        signature = void(weights, inputs, last, targets, factor)

        def generate(context, builder, signature, arguments):
            v = _Vectors(builder)
            w, h, last, y = _pointers(context, builder, signature, arguments)
            z = [[v.constant(0), v.constant(0)] for _ in samples]  # two sums hide the latency
            for i in range(_HIDDEN):
                row = v.load(w, i * LANES)
                for b in samples:
                    z[b][i % 2] = v.fma(v.scalar(h, b * _HIDDEN + i), row, z[b][i % 2])
            last, factor = v.load(last), v.spread(arguments[4])
            deltas = []
            for b, feature in enumerate(v.tanh([v.add(*sums) for sums in z])):
                output = v.total(v.mul(feature, last))
                error = v.mul(v.sub(output, v.scalar(y, b)), factor)
                deltas.append(v.mul(v.mul(error, last), v.slope(feature)))
            for i in range(_HIDDEN):
                row = v.load(w, i * LANES)
                for b in samples:
                    row = v.fma(v.scalar(h, b * _HIDDEN + i), deltas[b], row)
                v.store(row, w, i * LANES)
            return context.get_dummy_value()

        return signature, generate

    @njit(nogil=True)
    def kernel(weights, inputs, targets, last, rate, steps, start):
        factor = float32(-rate / batch_size)
        batch = start % len(inputs)
        for _ in range(steps):
            step(weights, inputs[batch], last, targets[batch], factor)
            batch = batch + 1 if batch + 1 < len(inputs) else 0

    return kernel


@lru_cache
def all_kernel(batch_size):
    """Compile the training of all layers of sixteen networks.

    Returns
    -------
    callable
        ``kernel(first, middle, last, x, y, batches, rate)``: one update for each row of
        `batches` (steps, |B|), indices of samples. `first` (32, 3, 16), `middle` (16, 32, 16) and
        `last` (16, 16) are changed in place; `x` (samples, 3, 16) and `y` (samples, 16) are
        the data. The network is the last axis of all of them; they are ``float32``.
    """
    samples = range(batch_size)

    @intrinsic
    def step(typing_context, first, middle, last, x, y, scratch, factor):
        signature = void(first, middle, last, x, y, scratch, factor)

        def generate(context, builder, signature, arguments):
            v = _Vectors(builder)
            first, middle, last, x, y, scratch = _pointers(context, builder, signature, arguments)
            inputs = [[v.load(x, (b * _IN + k) * LANES) for k in range(_IN)] for b in samples]

            def hidden(b, i):  # where the scratch array keeps the features of the first layer
                return v.load(scratch, (i * batch_size + b) * LANES)

            feature_at = _HIDDEN * batch_size
            delta_at = feature_at + _OUT * batch_size
            for i in v.loop(_HIDDEN, 1):
                row = [v.load(first, v.shift(builder.mul(i, _INT(_IN)), k)) for k in range(_IN)]
                z = [v.mul(row[0], inputs[b][0]) for b in samples]
                for k in range(1, _IN):
                    z = [v.fma(row[k], inputs[b][k], z[b]) for b in samples]
                block = builder.mul(i, _INT(batch_size))
                for b, feature in enumerate(v.tanh(z)):
                    v.store(feature, scratch, v.shift(block, b))

            outputs = v.variables(batch_size)
            for j in v.loop(_OUT, 1):
                z = [v.constant(0) for _ in samples]
                for i in range(_HIDDEN):
                    w = v.load(middle, v.shift(builder.mul(j, _INT(_HIDDEN)), i))
                    for b in samples:
                        z[b] = v.fma(w, hidden(b, i), z[b])
                weight = v.load(last, j)
                block = builder.mul(j, _INT(batch_size))
                for b, feature in enumerate(v.tanh(z)):
                    v.store(feature, scratch, v.shift(block, feature_at + b))
                    total = builder.load(outputs[b], typ=_VECTOR)
                    builder.store(v.fma(weight, feature, total), outputs[b])

            factor = v.spread(arguments[6])
            errors = [
                v.mul(v.sub(builder.load(outputs[b], typ=_VECTOR), v.load(y, b * LANES)), factor)
                for b in samples
            ]
            for j in v.loop(_OUT, 1):
                weight = new = v.load(last, j)
                block = builder.mul(j, _INT(batch_size))
                for b in samples:
                    feature = v.load(scratch, v.shift(block, feature_at + b))
                    delta = v.mul(v.mul(errors[b], weight), v.slope(feature))
                    v.store(delta, scratch, v.shift(block, delta_at + b))
                    new = v.fma(errors[b], feature, new)
                v.store(new, last, j)

            for i in v.loop(_HIDDEN, 1):
                block = builder.mul(i, _INT(batch_size))
                below = [v.load(scratch, v.shift(block, b)) for b in samples]
                back = [v.constant(0) for _ in samples]
                for j in range(_OUT):
                    at = v.shift(i, j * _HIDDEN)
                    w = new = v.load(middle, at)
                    for b in samples:
                        delta = v.load(scratch, (delta_at + j * batch_size + b) * LANES)
                        back[b] = v.fma(w, delta, back[b])
                        new = v.fma(below[b], delta, new)
                    v.store(new, middle, at)
                back = [v.mul(back[b], v.slope(below[b])) for b in samples]
                row = builder.mul(i, _INT(_IN))
                for k in range(_IN):
                    w = v.load(first, v.shift(row, k))
                    for b in samples:
                        w = v.fma(back[b], inputs[b][k], w)
                    v.store(w, first, v.shift(row, k))
            return context.get_dummy_value()

        return signature, generate

    @njit(nogil=True)
    def kernel(first, middle, last, x, y, batches, rate):
        factor = float32(-rate / batch_size)
        scratch = np.empty((_HIDDEN + 2 * _OUT) * batch_size * LANES, np.float32)
        x_batch = np.empty((batch_size, _IN, LANES), np.float32)
        y_batch = np.empty((batch_size, LANES), np.float32)
        for batch in batches:
            for b in range(batch_size):
                x_batch[b] = x[batch[b]]
                y_batch[b] = y[batch[b]]
            step(first, middle, last, x_batch, y_batch, scratch, factor)

    return kernel
