"""Input checks: what passes comes back unchanged, what does not is named."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lecture_utils._checks import finite_array, one_of, positive, positive_int, shape_match


@given(st.integers(1, 10**9))
def test_positive_int_returns_what_it_gets(value):
    assert positive_int("n", value) == value
    assert type(positive_int("n", np.int64(value))) is int


@given(st.one_of(st.integers(max_value=0), st.floats(), st.booleans(), st.text(), st.none()))
def test_positive_int_rejects_everything_else(value):
    with pytest.raises(ValueError, match="n must be a positive integer, got"):
        positive_int("n", value)


def test_positive_int_names_the_limit_and_its_reason():
    with pytest.raises(
        ValueError, match=r"batch_size must be at most 512 \(the samples\), got 513"
    ):
        positive_int("batch_size", 513, at_most=512, why="the samples")
    with pytest.raises(ValueError, match="n must be at most 4, got 5"):
        positive_int("n", 5, at_most=4)
    assert positive_int("n", 4, at_most=4) == 4


@given(st.floats(min_value=1e-300, allow_infinity=False))
def test_positive_returns_what_it_gets(value):
    assert positive("sigma", value) == value


@pytest.mark.parametrize("value", [0, -1.0, np.nan, np.inf, "one", None, [1.0, 2.0]])
def test_positive_rejects_and_names(value):
    with pytest.raises(ValueError, match="sigma must be a finite number above zero, got"):
        positive("sigma", value)


@given(arrays(np.float64, array_shapes(), elements=st.floats(-1e9, 1e9)))
def test_finite_array_keeps_finite_arrays(array):
    np.testing.assert_array_equal(finite_array("x", array, ndim=array.ndim), array)


@given(
    arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(-1, 1)),
    st.sampled_from([np.nan, np.inf, -np.inf]),
    st.data(),
)
def test_finite_array_finds_the_bad_value(array, bad, data):
    place = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
    array[place] = bad
    with pytest.raises(
        ValueError, match=re.escape(f"x must be finite, got {bad} at index {place}")
    ):
        finite_array("x", array)


def test_finite_array_converts_and_checks_dimensions():
    assert finite_array("x", [1, 2]).dtype == np.float64
    assert finite_array("x", [1, 2], ndim=(1, 2)).shape == (2,)
    with pytest.raises(
        ValueError, match=r"x must have 1 or 2 dimension\(s\), got shape \(1, 1, 1\)"
    ):
        finite_array("x", [[[1]]], ndim=(1, 2))
    with pytest.raises(ValueError, match=r"x must not be empty, got shape \(0,\)"):
        finite_array("x", [])
    for value in ("text", [[1], [1, 2]], 1j):
        with pytest.raises(ValueError, match="x must be an array of real numbers"):
            finite_array("x", value)


def test_shape_match():
    array = np.zeros((3, 2))
    assert shape_match("x", array, (3, 2)) is array
    assert shape_match("x", array, (None, 2)) is array
    with pytest.raises(ValueError, match=r"x must have shape \(any, 3\), got \(3, 2\)"):
        shape_match("x", array, (None, 3))
    with pytest.raises(ValueError, match=r"x must have shape \(3,\) \(one per run\), got \(3, 2\)"):
        shape_match("x", array, (3,), why="one per run")


@pytest.mark.parametrize(
    "value",
    [
        np.array([1.0 + 2j]),
        np.array([1.0, None]),
        np.array(["1.0"]),
        ["1", "2"],
        torch.tensor([1j]),
        [[1.0], [1.0, 2.0]],
        {"a": 1.0},
    ],
)
def test_what_float64_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="x must be an array of real numbers"):
        finite_array("x", value)


def test_masked_values_are_not_looked_at():
    hidden = np.ma.masked_array([1.0, 999.0], mask=[False, True])
    with pytest.raises(ValueError, match="x must not hold masked values, got 1"):
        finite_array("x", hidden)
    np.testing.assert_array_equal(finite_array("x", np.ma.masked_array([1.0, 2.0])), [1.0, 2.0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.int64])
def test_tensors_come_as_they_are(dtype):
    tensor = torch.tensor([1, 2], dtype=dtype)
    if tensor.is_floating_point():
        tensor.requires_grad_()
    array = finite_array("x", tensor)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1.0, 2.0])


@pytest.mark.parametrize("value", ["2", b"2", 1 + 2j, np.complex128(2)])
def test_positive_takes_numbers_only(value):
    with pytest.raises(ValueError, match="x must be a finite number above zero"):
        positive("x", value)


@pytest.mark.parametrize("value", [3, "1", None, np.ones(2), [1]])
def test_one_of_names_the_choices(value):
    with pytest.raises(ValueError, match="beta must be one of 1, 2, 4, got"):
        one_of("beta", value, (1, 2, 4))
    assert one_of("beta", 2.0, (1, 2, 4)) == 2
