"""Weights of others: files written by others, hand-made spectra, and what is broken in ten ways."""

import base64
import json
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import sympy
import torch
from scipy import stats

from lecture_utils import ensembles, laws, pretrained, spectra
from lecture_utils.pretrained import __main__ as command
from lecture_utils.teaching.exercise_sets.pretrained import CHECKERS

AGREES, REJECTED = 1e-3, 1e-6
RNG = 20260401

# Written by the package safetensors 0.8.0: six tensors of six types.
SAFETENSORS = base64.b85decode(
    "kO2Sy00000dm>+7ZDn*}WMOn+Utc0Rdm?6Ua&2LBB03^&a3XyyB6nzSY-J)kdm?0Xd2nSSIwDCnG$Je_b7*03Wg<FT"
    "F)T7&EFxrKbYWj_W@d9`baNs)TQDp!HeG!zB4lrMVr*q1I(s5yba`-PB03^QHZ&qEB6DbAaAhJoTQOZMB4lB7VP9`%"
    "W^-k9b0RuhF*YnRG+lixB4urGba^5=dm?0Xd2nSSIwD3hG9oM@b7*03Wg<FTFf24(EFxrKbYWj_W@d9`baNs)TQW2("
    "GBjO%EFyDhZf9&|B075_WOR9OWg<EvMl&)ZEFyDgVQ^(4I$JU<GF>bpWMOn+UvFk+b7gdMB05_#G%PeQU41MfXklz-"
    "B075_WOR9OWg<EvMlm)bEFyDgVQ^(4I$JU<GhHkqWMOn+UvFk+b7gdMB05_%Ff27PU41MfVtI6Bb0Ru>B4l)VaAhJo"
    "B2_pdEFyDgVQ^(4I$JVbEFxrKbYWj_W@d9`baNs)TQxE)H8fp)eIOtpARr(h2LJ#700000_y7O@|NsC07%fCp`ymNH"
    "006*00002M002-x&CJX_0000q05||T06YLa0LT"
)


class Tattler(torch.nn.Module):
    """Runs code of its own when it is loaded as TorchScript."""

    def __init__(self):
        super().__init__()
        self.weight = torch.ones(3, 2)
        self.training = True

    def forward(self, x):
        return x @ self.weight

    @torch.jit.export
    def __getstate__(self):
        return (self.weight, self.training)

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]):
        self.weight = state[0]
        self.training = state[1]
        print("code ran")


class Told(Exception):
    pass


class Trap:
    """Raises when it is unpickled."""

    def __reduce__(self):
        return (raise_told, ())


def raise_told():
    raise Told


def gaussian(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng([RNG, seed]).normal(size=shape)).float()


def independent_levels(heads, n):
    return np.sort(np.random.default_rng(RNG).uniform(1, 2, (heads, n)), axis=1)


def spectrum(levels, rows=None):
    levels = np.atleast_2d(levels)
    columns = levels.shape[1]
    return pretrained.Spectrum("here", "there", rows or columns, columns, levels)


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


# --- files ---------------------------------------------------------------------------------------


def test_safetensors_written_by_their_own_package(tmp_path):
    path = tmp_path / "six.safetensors"
    path.write_bytes(SAFETENSORS)
    read = pretrained.read_weights(path)
    expected = {
        "half": np.arange(6, dtype=np.float16).reshape(2, 3) / 4,
        "single": np.array([[1.5, -2.0], [3.25, 0.1]], dtype=np.float32),
        "double": np.array([np.pi]),
        "whole": np.array([[7, -9]], dtype=np.int64),
        "bytes": np.array([0, 200], dtype=np.uint8),
        "empty": np.zeros((0, 4), np.float32),
    }
    assert read.keys() == expected.keys()
    for name, array in expected.items():
        assert read[name].numpy().dtype == array.dtype
        np.testing.assert_array_equal(read[name].numpy(), array)


def test_bfloat16_is_the_upper_half_of_a_float(tmp_path):
    path = tmp_path / "b.safetensors"
    entry = {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}
    path.write_bytes(safetensors({"b": entry}, b"\xc0\x3f\x00\xc0"))
    assert pretrained.read_weights(path)["b"].tolist() == [1.5, -2.0]


def f32(begin, end, shape=(1,)):
    return {"w": {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, end]}}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "first bytes"),
        (b"GGUF and more of it", "first bytes"),
        ((10**6).to_bytes(8, "little") + b"{}", "longer than the file"),
        ((9).to_bytes(8, "little") + b"{}      ", "longer than the file"),
        (safetensors(b"{not json"), "not JSON"),
        (safetensors({"w": {"dtype": "F32"}}), "entry of w"),
        (safetensors({"w": 3}), "entry of w"),
        (safetensors(f32(0, 8), bytes(4)), "said to fill"),
        (safetensors(f32(0, 4, (2,)), bytes(4)), "said to fill"),
        (safetensors(f32(4, 0, (-1,)), bytes(4)), "said to fill"),
        (safetensors(f32(0, 4, (1.0,)), bytes(4)), "said to fill"),
        (safetensors(f32(0, 8), bytes(8)), "said to fill"),
        (safetensors({"w": f32(0, 4)["w"] | {"dtype": "Q4"}}, bytes(4)), "known type"),
        (b"PK\x03\x04 and no archive", "zip"),
        (b"\x80\x02 a pickle cut off", "damaged"),
    ],
)
def test_a_broken_file_gets_a_clear_line(tmp_path, content, reason):
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"path must .*{reason}"):
        pretrained.read_weights(path)


def test_the_longest_header_is_that_of_the_reference(tmp_path):
    path = tmp_path / "long"
    path.write_bytes((100_000_001).to_bytes(8, "little") + b"{")
    with path.open("ab") as file:
        file.truncate(100_000_100)
    with pytest.raises(ValueError, match="100 MB"):
        pretrained.read_weights(path)


def test_nested_checkpoints_have_dotted_names(tmp_path):
    w = gaussian(3, 2)
    content = {"model": OrderedDict(a=w, b=[w, {"c": torch.nn.Parameter(2 * w)}]), "epoch": 7}
    torch.save(content, tmp_path / "nested.pt")
    read = pretrained.read_weights(tmp_path / "nested.pt")
    assert list(read) == ["model.a", "model.b.0", "model.b.1.c"]
    assert torch.equal(read["model.b.1.c"], 2 * w)
    assert not read["model.b.1.c"].requires_grad
    torch.save(w, tmp_path / "one.pt", _use_new_zipfile_serialization=False)
    assert list(pretrained.read_weights(tmp_path / "one.pt")) == ["weight"]


def test_no_code_runs_without_trust(tmp_path):
    path = tmp_path / "trap.pt"
    torch.save({"w": gaussian(2, 2), "trap": Trap()}, path)
    with pytest.raises(ValueError, match="--trust"):
        pretrained.read_weights(path)
    with pytest.raises(ValueError, match="intact file") as caught:
        pretrained.read_weights(path, trust=True)
    assert isinstance(caught.value.__cause__, Told)


def test_a_whole_module_needs_trust(tmp_path):
    module = torch.nn.Linear(3, 2)
    torch.save(module, tmp_path / "whole.pt")
    with pytest.raises(ValueError, match="trust=True"):
        pretrained.read_weights(tmp_path / "whole.pt")
    read = pretrained.read_weights(tmp_path / "whole.pt", trust=True)
    assert torch.equal(read["weight"], module.weight)


@pytest.mark.filterwarnings("ignore:`torch.jit.(script|save)`:DeprecationWarning")
def test_torchscript_runs_code_when_loaded_and_needs_trust(tmp_path, capfd):
    path = tmp_path / "script.pt"
    torch.jit.script(Tattler()).save(path)
    capfd.readouterr()
    with pytest.raises(ValueError, match="TorchScript"):
        pretrained.read_weights(path)
    assert "code ran" not in capfd.readouterr().out
    pretrained.read_weights(path, trust=True)
    assert "code ran" in capfd.readouterr().out


@pytest.mark.filterwarnings("ignore:`torch.jit.(script|save)`:DeprecationWarning")
def test_weights_of_torchscript(tmp_path):
    module, path = torch.nn.Linear(3, 2), tmp_path / "script.pt"
    torch.jit.script(module).save(path)
    assert torch.equal(pretrained.read_weights(path, trust=True)["weight"], module.weight)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("script/constants.pkl", b"")
    with pytest.raises(ValueError, match="intact file"):
        pretrained.read_weights(path, trust=True)


# --- levels --------------------------------------------------------------------------------------


def test_a_convolution_is_a_matrix_of_outputs_and_all_else():
    kernel = gaussian(40, 3, 4, 5)
    (found,), refused = pretrained.extract({"conv.weight": kernel}, "net")
    by_hand = np.linalg.eigvalsh(np.einsum("aikl,bikl->ab", *2 * [kernel.double().numpy()]))
    assert (found.source, found.name, found.rows, found.columns) == ("net", "conv.weight", 60, 40)
    assert found.r == pytest.approx(2 / 3)
    assert refused == {}
    np.testing.assert_allclose(found.levels, by_hand[None], rtol=1e-10)


def test_tall_and_wide_are_alike():
    w = gaussian(30, 50)
    (wide,), _ = pretrained.extract({"w": w})
    (tall,), _ = pretrained.extract({"w": w.T})
    np.testing.assert_allclose(wide.levels, tall.levels, rtol=1e-12)
    assert (wide.rows, wide.columns) == (tall.rows, tall.columns) == (50, 30)


@pytest.mark.parametrize("name", ["h.0.attn.query.weight", "q_proj.weight", "a.v_lin.weight"])
def test_heads_are_blocks_of_outputs(name):
    w = gaussian(96, 80)
    (cut,), _ = pretrained.extract({name: w}, heads=3)
    assert (cut.rows, cut.columns, cut.levels.shape) == (80, 32, (3, 32))
    second = np.linalg.eigvalsh((w[32:64] @ w[32:64].T).double().numpy())
    np.testing.assert_allclose(cut.levels[1], second, rtol=1e-3)
    for other, heads in ((name, None), (name, 7), ("dense.weight", 3)):
        (whole,), _ = pretrained.extract({other: w}, heads=heads)
        assert whole.levels.shape == (1, 80)


def test_a_fresh_transformer_is_read_as_torch_uses_it():
    """Keys, queries and values of each head, against attention computed by the module itself."""
    torch.manual_seed(1)
    attention = torch.nn.MultiheadAttention(90, 3, bias=False)
    found, _ = pretrained.extract(attention.state_dict(), heads=3)
    assert [s.name for s in found] == [
        "query.weight",
        "key.weight",
        "value.weight",
        "out_proj.weight",
    ]
    assert [s.levels.shape for s in found] == [(3, 30)] * 3 + [(1, 90)]
    # With one-hot inputs the scores of a head are the entries of its Q^T K.
    eye = torch.eye(90)[:, None]
    with torch.no_grad():
        _, weight = attention(eye, eye, eye, average_attn_weights=False)
    scores = weight[0].double().log()
    scores -= scores.mean(dim=(1, 2), keepdim=True)
    w = attention.in_proj_weight.detach().double()
    q, k, _ = (x.reshape(3, 30, 90) for x in w.chunk(3))
    product = q.mT @ k / 30**0.5
    centred = product - product.mean(dim=2, keepdim=True)
    log_sums = scores - scores.mean(dim=2, keepdim=True)
    np.testing.assert_allclose(log_sums, centred, atol=1e-4)
    np.testing.assert_allclose(found[0].levels, np.linalg.eigvalsh(q @ q.mT), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found[1].levels, np.linalg.eigvalsh(k @ k.mT), rtol=1e-4, atol=1e-6)


def test_lost_rank_is_told_and_tiny_levels_are_kept():
    w = gaussian(60, 40)
    w[:, :10] = 0
    (found,), _ = pretrained.extract({"w": w})
    assert (found.columns, found.rank, found.levels.shape) == (40, 30, (1, 30))
    assert found.levels.min() > 1e-3
    faint = gaussian(60, 40).double()
    faint[:, 0] *= 1e-9
    assert pretrained.extract({"w": faint})[0][0].rank == 40
    assert pretrained.extract({"w": faint.float()})[0][0].rank == 39


BROKEN = {
    "empty": (torch.zeros(0, 40), "smaller side 0 below 24"),
    "vector": (gaussian(100), "a vector, not a matrix"),
    "scalar": (torch.tensor(1.0), "a vector, not a matrix"),
    "integer": (torch.ones(30, 30, dtype=torch.int32), "numbers of type int32"),
    "complex": (gaussian(30, 30) * 1j, "numbers of type complex64"),
    "sparse": (torch.eye(30).to_sparse(), "sparse"),
    "nan": (torch.full((30, 30), torch.nan), "entries must be finite, got nan"),
    "infinite": (gaussian(30, 30) / torch.zeros(30, 30), "entries must be finite"),
    "zero": (torch.zeros(30, 30), "rank 0 below 24"),
    "low rank": (gaussian(30, 5) @ gaussian(5, 30), "rank 5 below 24"),
    "orthogonal": (torch.linalg.qr(gaussian(30, 30))[0], "all levels equal"),
    "threefold": (torch.diag(torch.arange(30.0).clip(3)), "threefold"),
    "small": (gaussian(23, 60), "smaller side 23 below 24"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_matrix_is_refused_with_its_reason(name):
    tensor, reason = BROKEN[name]
    found, refused = pretrained.extract({name: tensor, "sound": gaussian(24, 24)})
    assert [s.name for s in found] == ["sound"]
    assert list(refused) == [name]
    assert reason in refused[name]


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_a_quantised_matrix_is_refused():
    quantised = torch.quantize_per_tensor(gaussian(30, 30), 0.1, 0, torch.qint8)
    assert pretrained.extract({"w": quantised}) == ([], {"w": "numbers of type qint8"})


def test_a_tied_matrix_counts_once():
    w = gaussian(30, 40)
    found, refused = pretrained.extract({"embedding": w, "other": gaussian(30, 40, seed=1), "w": w})
    assert [s.name for s in found] == ["embedding", "other"]
    assert refused == {"w": "the same matrix as embedding"}


def test_half_precision_keeps_the_levels():
    w = gaussian(100, 60)
    (exact,), _ = pretrained.extract({"w": w})
    (half,), _ = pretrained.extract({"w": w.half()})
    assert half.rank == 60
    np.testing.assert_allclose(half.levels[:, 5:], exact.levels[:, 5:], rtol=5e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"heads": 0}, "heads must be a positive integer, got 0"),
        ({"smallest": 2.5}, "smallest must be a positive integer, got 2.5"),
        ({"smallest": 9}, "smallest must be at least 10, got 9"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        pretrained.extract({"w": gaussian(30, 30)}, **options)


def test_ten_levels_are_enough_if_asked_for():
    (found,), _ = pretrained.extract({"w": gaussian(10, 12)}, smallest=10)
    assert pretrained.examine(found).tail.exponent > 1


def test_levels_survive_a_file(tmp_path):
    weights = {"key.weight": gaussian(64, 50), "b": gaussian(30, 40), "c": gaussian(26, 25)}
    found, _ = pretrained.extract(weights, "net", heads=2)
    pretrained.save(tmp_path / "levels.npz", found)
    for before, after in zip(found, pretrained.load(tmp_path / "levels.npz"), strict=True):
        assert (before.source, before.name) == (after.source, after.name)
        assert (before.rows, before.columns) == (after.rows, after.columns)
        np.testing.assert_allclose(after.levels, before.levels, rtol=1e-14)


# --- readings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "columns"), [(64, 64), (512, 64), (200, 128)])
def test_the_scatter_of_a_mean_ratio_is_universal(rows, columns):
    samples = 4000
    levels = ensembles.wishart_spectra(samples, rows, columns, rng=RNG)
    variance = spectra.spacing_ratios(levels).mean(axis=1).var(ddof=1) * (columns - 2)
    freedom = samples - 1

    def p_of(scatter):
        chi2 = freedom * variance / scatter**2
        return 2 * min(stats.chi2.sf(chi2, freedom), stats.chi2.cdf(chi2, freedom))

    assert variance**0.5 == pytest.approx(pretrained.RATIO_SCATTER, rel=0.04)
    assert p_of(0.255) < REJECTED  # ratios for independent
    if columns == 128:
        assert p_of(pretrained.RATIO_SCATTER) > AGREES


def test_ratios_of_random_matrices_and_of_independent_levels():
    found, _ = pretrained.extract({f"w{i}": gaussian(80, 60, seed=i) for i in range(100)})
    readings = [pretrained.examine(s) for s in found]
    expected = pretrained.wishart_ratio(80, 60, samples=20_000, rng=RNG)
    assert expected.value == pytest.approx(laws.MEAN_SPACING_RATIO[1], abs=0.004)
    assert expected.error == pytest.approx(0.307 / np.sqrt(58 * 20_000), rel=0.05)
    z = np.array([(r.ratio.value - expected.value) / r.ratio.error for r in readings])
    assert stats.kstest(z, stats.norm.cdf).pvalue > AGREES
    control = pretrained.examine(spectrum(independent_levels(100, 60)))
    assert control.ratio.error == pytest.approx(0.307 / np.sqrt(5800))
    assert control.ratio.value < expected.value - 10 * control.ratio.error
    assert control.ratio.value == pytest.approx(laws.MEAN_SPACING_RATIO[0], abs=0.02)


def test_bulk_and_largest_level_of_a_random_matrix():
    reading = pretrained.examine(pretrained.extract({"w": gaussian(900, 300)})[0][0])
    assert reading.bulk.amplitude == pytest.approx(1, abs=0.05)
    assert reading.bulk.variance == pytest.approx(900, rel=0.03)
    edge = 900 * (1 + 3**-0.5) ** 2
    assert reading.bulk.edges[1] == pytest.approx(edge, rel=0.03)
    assert reading.largest == pytest.approx(edge, rel=0.03)


def test_largest_level_is_a_mean_over_heads():
    levels = np.vstack([np.linspace(1, 3, 40) ** 2, np.linspace(1, 4, 40) ** 2])
    assert pretrained.examine(spectrum(levels)).largest == pytest.approx(12.5)


def test_a_power_law_is_found_and_its_end_is_seen():
    quantiles = (np.arange(2000) + 0.5) / 2000
    power = pretrained.examine(spectrum((1 - quantiles) ** (-1 / 2.5)))
    assert power.tail.exponent == pytest.approx(3.5, rel=0.02)
    assert power.decades > 0.9
    assert set(power.gains) == {"truncated power", "log-normal"}
    assert min(p for _, p in power.gains.values()) > 0.05
    normal = pretrained.examine(spectrum(np.exp(0.5 * stats.norm.ppf(quantiles))))
    start = np.exp(0.5 * stats.norm.ppf(1 - len(normal.tail.log_likelihood) / 2000))
    assert normal.tail.x_min == pytest.approx(start, rel=0.02)
    assert normal.decades == pytest.approx(
        np.log10(np.exp(0.5 * stats.norm.ppf(quantiles[-1])) / normal.tail.x_min)
    )


def test_small_spectra_have_a_tail_of_a_third():
    reading = pretrained.examine(spectrum(np.linspace(1, 3, 24) ** 2))
    assert len(reading.tail.log_likelihood) >= 8
    large = pretrained.examine(spectrum(np.linspace(1, 3, 300) ** 2))
    assert len(large.tail.log_likelihood) >= 30


# --- the command ---------------------------------------------------------------------------------


def test_the_command_reads_a_fresh_transformer(tmp_path, capsys):
    torch.manual_seed(3)
    layer = torch.nn.TransformerEncoderLayer(64, 2, dim_feedforward=96, batch_first=True)
    torch.save(layer.state_dict(), tmp_path / "layer.pt")
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"no weights at all")
    arguments = ["extract", str(tmp_path / "layer.pt"), str(broken), str(tmp_path / "absent")]
    failures = command.main([*arguments, "--heads", "2", "--output", str(tmp_path / "seen")])
    printed = capsys.readouterr()
    assert failures == 2
    assert "first bytes" in printed.err
    assert "No such file" in printed.err
    assert "6 matrices" in printed.out
    assert "not taken (a vector, not a matrix): self_attn.in_proj_bias" in printed.out
    assert (tmp_path / "seen.svg").read_text().startswith("<?xml")
    found = pretrained.load(tmp_path / "seen.npz")
    assert [s.levels.shape for s in found] == [(2, 32)] * 3 + [(1, 64)] * 3
    rows = [line.split() for line in printed.out.splitlines() if " 64x" in line or " 96x" in line]
    assert len(rows) == 6
    for row, s in zip(rows, found, strict=True):
        numbers = row[2:] if len(s.levels) == 1 else row[3:]
        reading = pretrained.examine(s)
        assert int(numbers[0]) == s.rank
        assert float(numbers[1]) == pytest.approx(reading.ratio.value, abs=6e-4)
        assert float(numbers[3]) == pytest.approx(reading.bulk.amplitude, abs=6e-3)
        assert float(numbers[6]) == pytest.approx(reading.largest, rel=6e-3)
        assert float(numbers[7]) == pytest.approx(reading.tail.exponent, abs=6e-3)
    ratios = np.concatenate([spectra.spacing_ratios(s.levels).ravel() for s in found])
    assert f"all {ratios.size} ratios: {ratios.mean():.4f}" in printed.out


def test_the_figure_shows_every_matrix_and_both_laws():
    found = [spectrum(independent_levels(2, 40)), spectrum(independent_levels(1, 30))]
    ratios = np.concatenate([spectra.spacing_ratios(s.levels).ravel() for s in found])
    left, right = command.draw(found, ratios).axes
    counts, means = left.containers[0][0].get_data()
    assert counts.tolist() == [76, 28]
    assert means[1] == pytest.approx(spectra.spacing_ratios(found[1].levels).mean())
    x, y = right.lines[0].get_data()
    assert np.sum((y[1:] + y[:-1]) / 2 * np.diff(x)) == pytest.approx(1, abs=1e-3)


def test_names_can_be_chosen(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"model.a": gaussian(30, 30), "optimizer.a": gaussian(30, 30)}, "both.pt")
    assert command.main(["extract", "both.pt", "--match", "model.*"]) == 0
    assert [s.name for s in pretrained.load("levels.npz")] == ["model.a"]
    assert command.main(["extract", "both.pt", "--match", "nothing", "--output", "none"]) == 0
    assert not (tmp_path / "none.npz").exists()
    assert "0 matrices" in capsys.readouterr().out


def test_the_command_is_a_program():
    run = [sys.executable, "-m", "lecture_utils.pretrained", "extract", "--help"]
    said = subprocess.run(run, capture_output=True, text=True, check=True, timeout=120).stdout
    assert "--trust" in said


# --- the shipped levels --------------------------------------------------------------------------

SHIPPED = Path(__file__).parents[1] / "book/data/pretrained.npz"


@pytest.mark.parametrize(
    ("source", "matrices", "levels", "ratio"),
    [
        ("AntiBERTy", 24 * 8 + 28, 24 * 8 * 64 + 27 * 512 + 25, 0.529),
        ("AntiBERTy, whole", 24, 24 * 512, 0.528),
        ("CREPE", 7, 512 + 128 + 128 + 128 + 256 + 512 + 360, 0.528),
        ("CHGNet", 49, 45 * 64 + 4 * 31, 0.527),
        ("Silero VAD", 14, 255 + 127 + 2 * (4 * 128 + 2 * 64), None),
        ("Magika", 3, 512 + 214 + 64, 0.539),
    ],
)
def test_the_shipped_levels(source, matrices, levels, ratio):
    found = [s for s in pretrained.load(SHIPPED) if s.source == source]
    assert sum(len(s.levels) for s in found) == matrices
    assert sum(s.levels.size for s in found) == levels
    if ratio:
        ratios = np.concatenate([spectra.spacing_ratios(s.levels).ravel() for s in found])
        assert ratios.mean() == pytest.approx(ratio, abs=0.002)


# --- exercises -----------------------------------------------------------------------------------

S, RHO = sympy.symbols("s rho", positive=True)


def test_solutions_of_the_exercises_are_accepted():
    basis = 128 * np.eye(256) + (np.add.outer(np.arange(256), np.arange(256)) % 2 == 0)
    values, times = np.unique(np.linalg.eigvalsh(basis).round(6), return_counts=True)
    layer = torch.nn.TransformerEncoderLayer(128, 4, batch_first=True)
    found, _ = pretrained.extract(layer.state_dict(), heads=4)
    law = laws.marchenko_pastur(1 / 8, 512 * 0.02**2)
    answers = {
        "shape": [64 * 1024, 128, 1 / 512],
        "edges": law.support(),
        "correlated": sympy.sqrt(S**2 + 2 * S**2 * RHO),
        "bare-basis": np.array([values, times]).T,
        "excess": -5.217,
        "your-own": [len(found), sum(len(s.levels) for s in found)],
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("shape", [1024, 128, 0.125], "kernel counts"),
        ("shape", [128, 65536, 512], "larger side"),
        ("edges", [0.0856 / 512, 0.37525 / 512], "M σ²"),
        ("edges", [0.0107015, 0.0469058], "r = 1/8"),
        ("edges", [0, 0.8192], "square matrix"),
        ("correlated", S * sympy.sqrt(1 + RHO), "both sides"),
        ("correlated", S**2 + 2 * RHO * S**2, "variance"),
        ("correlated", S, "independent"),
        ("bare-basis", [[128, 256], [256, 2]], "in all"),
        ("bare-basis", [[128, 256], [256, 0]], "Frequency zero"),
        ("bare-basis", [[128, 255], [256, 1]], "Two rows"),
        ("excess", -0.3765, "mean of 192"),
        ("excess", -4.333, "192 matrices"),
        ("your-own", [6, 6], "four matrices"),
        ("your-own", [4, 13], "in_proj_weight"),
    ],
)
def test_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert hint in feedback.message
