"""The batched transformer against one written head by head, its training, and its statistics."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import sympy
import torch
from scipy import stats
from torch import nn

from lecture_utils import ensembles, laws, sweep, tails
from lecture_utils import transformer as tf
from lecture_utils.teaching.exercise_sets.transformer import CHECKERS
from lecture_utils.transformer import full, temperature
from lecture_utils.transformer import training as training_room

AGREES, REJECTED = 1e-3, 1e-6
RNG = 20250916
TINY = tf.Shape(vocabulary=11, context=8, width=12, heads=3, layers=2)
TEXT = "to be or not to be, that is the question. " * 40


# --- a plain transformer, one module a head ------------------------------------------------------


class Head(nn.Module):
    def __init__(self, shape):
        super().__init__()
        size = shape.width // shape.heads
        self.key = nn.Linear(shape.width, size, bias=False)
        self.query = nn.Linear(shape.width, size, bias=False)
        self.value = nn.Linear(shape.width, size, bias=False)

    def forward(self, x):
        length = x.shape[1]
        scores = self.query(x) @ self.key(x).mT / self.key.out_features**0.5
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        return scores.masked_fill(future, -torch.inf).softmax(-1) @ self.value(x)


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        c = shape.width
        self.heads = nn.ModuleList([Head(shape) for _ in range(shape.heads)])
        self.norm1, self.norm2 = nn.LayerNorm(c), nn.LayerNorm(c)
        self.out, self.up, self.down = nn.Linear(c, c), nn.Linear(c, 4 * c), nn.Linear(4 * c, c)

    def forward(self, x):
        normed = self.norm1(x)
        x = x + self.out(torch.cat([head(normed) for head in self.heads], -1))
        return x + self.down(torch.relu(self.up(self.norm2(x))))


class Plain(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.context, shape.width)
        self.layers = nn.ModuleList([Layer(shape) for _ in range(shape.layers)])
        self.final, self.head = nn.LayerNorm(shape.width), nn.Linear(shape.width, shape.vocabulary)

    def forward(self, letters):
        x = self.tokens(letters) + self.positions(torch.arange(letters.shape[1]))
        for layer in self.layers:
            x = layer(x)
        return self.head(self.final(x))

    def loss(self, windows):
        scores = self(windows[:, :-1])
        return nn.functional.cross_entropy(scores.flatten(0, 1), windows[:, 1:].flatten())


def gathered(plain, attribute=lambda p: p):
    """Parameters of the plain model (or their gradients) under our names and in our order."""

    def linear(module):
        return attribute(module.weight).T, attribute(module.bias)

    def layers(values):
        return torch.stack(list(values))

    kqv = layers(
        torch.stack(
            [
                torch.stack([attribute(getattr(h, kind).weight).T for h in layer.heads], 1)
                for kind in ("key", "query", "value")
            ],
            1,
        )
        for layer in plain.layers
    )
    result = {
        "tokens": attribute(plain.tokens.weight),
        "positions": attribute(plain.positions.weight),
        "kqv": kqv,
        "final_scale": attribute(plain.final.weight),
        "final_shift": attribute(plain.final.bias),
    }
    result["head"], result["head_bias"] = linear(plain.head)
    for name in ("out", "up", "down"):
        pairs = [linear(getattr(layer, name)) for layer in plain.layers]
        result[name], result[f"{name}_bias"] = map(layers, zip(*pairs, strict=True))
    for name in ("norm1", "norm2"):
        norms = [getattr(layer, name) for layer in plain.layers]
        result[f"{name}_scale"] = layers(attribute(norm.weight) for norm in norms)
        result[f"{name}_shift"] = layers(attribute(norm.bias) for norm in norms)
    return result


def plain_models(runs, shape=TINY):
    torch.manual_seed(3)
    models = [Plain(shape).double() for _ in range(runs)]
    for model in models:
        for parameter in model.parameters():
            nn.init.normal_(parameter, std=0.5)
    return models


def joined(models, attribute=lambda p: p.detach()):
    parts = [gathered(model, attribute) for model in models]
    return {name: torch.stack([part[name] for part in parts]) for name in parts[0]}


def windows(runs, batch=4, length=9, vocabulary=11):
    generator = torch.Generator().manual_seed(1)
    return torch.randint(vocabulary, (runs, batch, length), generator=generator)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "hamlet.txt"
    path.write_text(TEXT)
    return tf.corpus(path)


# --- the text ------------------------------------------------------------------------------------


def test_the_plays():
    plays = tf.corpus()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert plays.alphabet == "\n !&',-.:;?" + letters + "[]" + letters.lower()
    assert len(plays.train) + len(plays.validation) == 4_813_231
    assert len(plays.train) == 4_331_890
    assert "To be, or not to be,--that is the question" in plays.decode(plays.train)
    np.testing.assert_array_equal(plays.encode("\n a"), [0, 1, 39])
    with pytest.raises(ValueError, match=r"text must use letters of the .* got \['#'\]"):
        plays.encode("a#b")


def test_a_text_of_the_reader_keeps_the_last_tenth_of_each_part(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("a" * 90 + "b" * 10 + "\f" + "é" * 18 + "aa", encoding="utf-8")
    own = tf.corpus(path)
    assert own.alphabet == "abé"
    assert own.decode(own.train) == "a" * 90 + "é" * 18
    assert own.decode(own.validation) == "b" * 10 + "aa"


# --- the model -----------------------------------------------------------------------------------


def test_the_lecture_counts_209_729_parameters():
    weights = tf.initial_weights(2, rng=1)
    assert sum(tensor[0].numel() for tensor in weights.values()) == 209_729
    assert tf.attention_matrices(weights).shape == (2, 4, 3, 4, 64, 16)
    assert sum(p.numel() for p in Plain(tf.Shape()).parameters()) == 209_729


def test_forward_and_gradient_are_those_of_plain_modules():
    models = plain_models(3)
    weights = {name: tensor.requires_grad_() for name, tensor in joined(models).items()}
    data = windows(3)
    ours = tf.losses(weights, data)
    theirs = [model.loss(batch) for model, batch in zip(models, data, strict=True)]
    np.testing.assert_allclose(ours.tolist(), [loss.item() for loss in theirs], rtol=1e-12)
    ours.sum().backward()
    sum(theirs).backward()
    for name, gradient in joined(models, lambda p: p.grad).items():
        torch.testing.assert_close(weights[name].grad, gradient, rtol=1e-9, atol=1e-12)
    short = data[..., :5]
    torch.testing.assert_close(tf.logits(weights, short)[1], models[1](short[1]))


def test_attention_matrices_are_those_of_the_heads():
    models = plain_models(2)
    weights = joined(models)
    matrices = tf.attention_matrices(weights)
    query = models[1].layers[0].heads[2].query.weight.detach()
    torch.testing.assert_close(matrices[1, 0, 1, 2], query.T)
    levels = tf.attention_levels(weights)
    assert levels.shape == (2, 2, 3, 3, 4)
    np.testing.assert_allclose(levels[1, 0, 1, 2], np.linalg.eigvalsh(query @ query.T))
    together = tf.classes(levels)
    assert together.shape == (6, 6, 4)
    np.testing.assert_array_equal(together[1 * 3 + 2], levels[:, 1, 2].reshape(6, 4))


@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
def test_steps_are_those_of_torch(optimiser, text):
    """Both train on the same batches; weight decay and betas are those of PyTorch."""
    shape = tf.Shape(vocabulary=len(text.alphabet), context=8, width=8, heads=2, layers=2)
    models = plain_models(2, shape)
    start = joined(models)
    rate = 0.01 if optimiser == "adamw" else 0.3
    trained = tf.train(
        text,
        start=start,
        iterations=5,
        learning_rate=rate,
        batch_size=3,
        optimiser=optimiser,
        rng=4,
    )
    for run, model in enumerate(models):
        seed = np.random.default_rng(4).spawn(2)[run].integers(2**63)
        generator = torch.Generator().manual_seed(int(seed))
        step = {"adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[optimiser](
            model.parameters(), lr=rate
        )
        for iteration in range(5):
            first = torch.randint(len(text.train) - 8, (3,), generator=generator)
            batch = np.stack([text.train[i : i + 9] for i in first])
            loss = model.loss(torch.from_numpy(batch).long())
            assert trained.batch_loss[run, iteration] == pytest.approx(loss.item(), rel=1e-5)
            step.zero_grad()
            loss.backward()
            step.step()
    for name, tensor in joined(models).items():
        torch.testing.assert_close(trained.weights[name], tensor, rtol=1e-8, atol=1e-10)


def test_default_initialisation_is_that_of_torch():
    weights = tf.initial_weights(4, rng=RNG)
    for name, bound in (
        ("kqv", 1 / 8),
        ("up_bias", 1 / 8),
        ("down", 1 / 16),
        ("down_bias", 1 / 16),
    ):
        values = weights[name].numpy().ravel()
        assert stats.kstest(values, stats.uniform(-bound, 2 * bound).cdf).pvalue > AGREES
    wrong = stats.uniform(-0.13, 0.26)
    assert stats.kstest(weights["kqv"].numpy().ravel(), wrong.cdf).pvalue < REJECTED
    assert stats.kstest(weights["tokens"].numpy().ravel(), stats.norm.cdf).pvalue > AGREES
    assert torch.all(weights["norm2_scale"] == 1)
    assert torch.all(weights["final_shift"] == 0)


def test_gaussian_initialisation():
    weights = tf.initial_weights(2, "gaussian", rng=RNG)
    for name in ("kqv", "tokens", "head"):
        values = weights[name].numpy().ravel()
        assert stats.kstest(values, stats.norm(0, 0.02).cdf).pvalue > AGREES
        assert stats.kstest(values, stats.norm(0, 0.023).cdf).pvalue < REJECTED
    assert torch.all(weights["out_bias"] == 0)
    assert torch.all(weights["norm1_scale"] == 1)


@pytest.mark.parametrize(("initialisation", "variance"), [("default", 1 / 192), ("gaussian", 4e-4)])
def test_untrained_levels_follow_marchenko_and_pastur(initialisation, variance):
    levels = tf.attention_levels(tf.initial_weights(6, initialisation, rng=RNG)).ravel()
    law = laws.marchenko_pastur(0.25, 64 * variance)
    assert stats.kstest(levels, law.cdf).statistic < 0.02
    assert stats.kstest(1.1 * levels, law.cdf).pvalue < REJECTED


# --- training ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(text):
    shape = tf.Shape(vocabulary=len(text.alphabet), context=16, width=16, heads=4, layers=2)
    return tf.initial_weights(3, shape=shape, rng=RNG)


@pytest.fixture(scope="module")
def training(text, small):
    return tf.train(
        text,
        start=small,
        iterations=400,
        learning_rate=5e-3,
        batch_size=8,
        snapshots=[400, 0, 7],
        evaluations=[0, 400],
        rng=RNG,
    )


def test_a_short_training_learns_the_text(text, small, training):
    uniform = np.log(len(text.alphabet))
    assert np.all(training.validation_loss[:, 0] > uniform - 0.3)
    assert np.all(training.validation_loss[:, 1] < 0.3)
    assert training.batch_loss.shape == (3, 400)
    assert training.levels.shape == (3, 3, 2, 3, 4, 4)
    np.testing.assert_array_equal(training.snapshots, [0, 7, 400])
    np.testing.assert_array_equal(training.levels[:, 0], tf.attention_levels(small))
    np.testing.assert_array_equal(training.levels[:, 2], tf.attention_levels(training.weights))
    np.testing.assert_array_equal(
        training.train_loss[:, 1], tf.evaluate(training.weights, text.train)
    )
    assert not np.array_equal(training.levels[0], training.levels[1])


def test_an_observer_sees_copies(text, small):
    seen = {}

    def observe(iteration, weights):
        seen[iteration] = tf.evaluate(weights, text.train)
        weights["kqv"].zero_()

    options = dict(start=small, iterations=4, batch_size=2, evaluations=[0, 3], rng=RNG)
    watched = tf.train(text, observe=observe, **options)
    alone = tf.train(text, **options)
    assert list(seen) == [0, 3]
    np.testing.assert_array_equal(np.stack(list(seen.values()), 1), alone.train_loss)
    np.testing.assert_array_equal(watched.batch_loss, alone.batch_loss)


def test_each_run_depends_on_its_number_alone(text, small, training):
    for count in (1, 2):
        start = {name: tensor[:count] for name, tensor in small.items()}
        alone = tf.train(
            text, start=start, iterations=20, learning_rate=5e-3, batch_size=8, rng=RNG
        )
        np.testing.assert_allclose(alone.batch_loss, training.batch_loss[:count, :20], rtol=1e-5)
    one, two = (tf.initial_weights(runs, rng=5) for runs in (1, 2))
    assert all(torch.equal(one[name][0], two[name][0]) for name in one)
    fresh = tf.train(text, runs=1, iterations=1, snapshots=[0], batch_size=2, rng=5)
    matching = tf.initial_weights(1, shape=tf.Shape(len(text.alphabet)), rng=5)
    np.testing.assert_array_equal(fresh.levels[:, 0], tf.attention_levels(matching))


def test_evaluation_is_the_mean_over_windows(text, small):
    codes = text.validation
    first = [0, (len(codes) - 17) // 2, len(codes) - 17]
    data = torch.from_numpy(np.stack([codes[i : i + 17] for i in first])).long()
    expected = tf.losses(small, data.expand(3, -1, -1)).numpy()
    np.testing.assert_allclose(tf.evaluate(small, codes, windows=3), expected, rtol=1e-5)
    many = tf.evaluate(small, text.train, windows=len(text.train) - 16)
    every = torch.from_numpy(text.train).long().unfold(0, 17, 1)
    expected = tf.losses(small, every.expand(3, -1, -1)).numpy()
    np.testing.assert_allclose(many, expected, rtol=1e-5)


def test_a_trained_model_writes_the_text(text, training):
    written = tf.generate(training.weights, text, 80, prompt="to be or not", temperature=0.1, rng=1)
    assert len(written) == 3
    assert all(len(line) == 80 for line in written)
    assert sum(line in TEXT for line in written) >= 2


def test_letters_are_drawn_from_the_softmax(text, training):
    """The first letter over many draws against the probabilities of the model."""
    one = {
        name: tensor[:1].expand(2000, *tensor.shape[1:])
        for name, tensor in training.weights.items()
    }
    drawn = "".join(tf.generate(one, text, 1, prompt="t", temperature=2.0, rng=RNG))
    counts = np.array([drawn.count(letter) for letter in text.alphabet])
    prompt = torch.from_numpy(text.encode("t"))[None, None]
    scores = tf.logits({name: t[:1] for name, t in one.items()}, prompt).detach()[0, 0, 0].double()
    expected = (scores / 2).softmax(0).numpy()
    rare = expected * 2000 < 5
    pooled = [np.append(a[~rare], a[rare].sum()) for a in (counts, 2000 * expected)]
    assert stats.chisquare(*pooled).pvalue > AGREES
    wrong = scores.softmax(0).numpy()
    assert stats.chisquare(counts, 2000 * wrong).pvalue < REJECTED


def test_divergence_is_told(text, small):
    with pytest.raises(FloatingPointError, match=r"training diverged at iteration .* 1e\+30"):
        tf.train(
            text,
            start=small,
            iterations=9,
            optimiser="sgd",
            learning_rate=1e30,
            batch_size=2,
            rng=1,
        )


# --- the temperature -----------------------------------------------------------------------------


def test_replicas_differ_only_by_their_batches(text, small):
    start = {name: tensor[1:2] for name, tensor in small.items()}
    replicas = tf.train_replicas(
        text,
        [(0.1, 2), (0.05, 4)],
        start=start,
        time=0.5,
        replicas=3,
        optimiser="sgd",
        rng=RNG,
    )
    assert replicas.levels.shape == (2, 3, 2, 3, 4, 4)
    np.testing.assert_array_equal(replicas.learning_rates, [0.1, 0.05])
    np.testing.assert_array_equal(replicas.batch_sizes, [2, 4])
    assert np.all(replicas.levels.std(axis=1) > 0)
    streams = np.random.default_rng(RNG).spawn(2)
    copies = {name: tensor.repeat(3, *[1] * (tensor.ndim - 1)) for name, tensor in start.items()}
    second = tf.train(
        text,
        start=copies,
        iterations=10,
        optimiser="sgd",
        learning_rate=0.05,
        batch_size=4,
        snapshots=[10],
        rng=streams[1],
    )
    np.testing.assert_allclose(replicas.levels[1], second.levels[:, 0], rtol=1e-6)


def test_exponents_of_levels_with_known_noise():
    rng = np.random.default_rng(RNG)
    alphas, batches = (a.ravel() for a in np.meshgrid([0.1, 0.2, 0.4], [4, 8, 16]))
    width = np.sqrt(alphas**1.2 * batches**-0.7)
    found, errors = [], []
    for _ in range(300):
        noise = rng.standard_normal((9, 6, 1, 3, 2, 5)) * width[:, None, None, None, None, None]
        replicas = tf.Replicas(alphas, batches, 3.0 + noise)
        fit = tf.temperature_exponents(replicas)
        found.append(fit.value)
        errors.append(fit.error)
    assert np.all(stats.ttest_1samp(found, [1.2, -0.7]).pvalue > AGREES)
    assert np.all(stats.ttest_1samp(found, [1.0, -1.0]).pvalue < REJECTED)
    ratio = np.mean(errors, axis=0) / np.std(found, axis=0)
    assert ratio == pytest.approx(4 / 3, rel=0.12)  # the jackknife of six replicas is cautious


# --- surgery -------------------------------------------------------------------------------------


def spiked(runs=4):
    """Random matrices with one large level in each K of the first layer."""
    weights = tf.initial_weights(runs, rng=RNG)
    matrices = tf.attention_matrices(weights)
    matrices[:, 0, 0, :, 0, 0] += 3.0
    return weights


def test_the_random_part_ends_at_the_edge():
    levels = tf.attention_levels(spiked())
    part = tf.random_part(levels)
    assert part.shape == levels.shape
    assert not part[:, :, 2].any()
    assert not part[:, 0, 0, :, -1].any()
    assert part[:, :, :2, :, :12].all()
    assert np.mean(part[:, 1:, :2]) > 0.95
    edge = tails.marchenko_pastur_bulk(levels[:, 2, 1], 0.25, quantile=0.7).edges[1]
    np.testing.assert_array_equal(
        tf.random_part(levels, "Q", quantile=0.7)[:, 2, 1], levels[:, 2, 1] < edge
    )
    assert not tf.random_part(levels, "Q")[:, :, 0].any()


def test_pruned_levels_are_gone_and_the_others_stay():
    weights = spiked()
    levels = tf.attention_levels(weights)
    mark = np.random.default_rng(RNG).random(levels.shape) < 0.3
    before = weights["kqv"].clone()
    pruned = tf.attention_levels(tf.prune(weights, mark))
    torch.testing.assert_close(weights["kqv"], before, rtol=0, atol=0)
    np.testing.assert_allclose(pruned, np.sort(np.where(mark, 0, levels)), rtol=1e-4, atol=1e-9)
    none = tf.prune(weights, np.zeros_like(mark))
    torch.testing.assert_close(none["kqv"], weights["kqv"])
    assert none["up"] is weights["up"]


def test_replaced_levels_are_fresh_and_as_strong():
    weights = spiked()
    levels = tf.attention_levels(weights)
    mark = np.random.default_rng(RNG).random(levels.shape) < 0.6
    mark[0, 0] = True
    mark[1, 1] = False
    new = tf.replace(weights, mark, rng=RNG)
    fresh = tf.attention_levels(new)
    np.testing.assert_allclose(fresh.sum(-1), levels.sum(-1), rtol=1e-4)
    # What is kept is still there, and orthogonal to what is new.
    kept = tf.attention_matrices(tf.prune(weights, mark)).double()
    added = tf.attention_matrices(new).double() - kept
    assert (kept.mT @ added).abs().max() < 1e-5
    assert (kept @ added.mT).abs().max() < 1e-5
    np.testing.assert_allclose(added[1, 1], 0, atol=1e-6)
    old = tf.attention_matrices(weights).double() - kept
    overlap = (added * old).sum((-2, -1)) / (added.norm(dim=(-2, -1)) * old.norm(dim=(-2, -1)))
    overlap = overlap[mark.any(-1) & (~mark).any(-1)]
    assert overlap.abs().mean() < 0.1


def test_replacing_everything_gives_marchenko_and_pastur():
    weights = spiked()
    everything = np.ones(tf.attention_levels(weights).shape, dtype=bool)
    levels = tf.attention_levels(tf.replace(weights, everything, rng=RNG))
    scaled = levels / levels.mean(axis=-1, keepdims=True)
    reference = ensembles.wishart_spectra(2000, 64, 16, rng=RNG)
    reference /= reference.mean(axis=-1, keepdims=True)
    assert stats.ks_2samp(scaled[..., -1].ravel(), reference[:, -1]).pvalue > AGREES
    assert stats.ks_2samp(scaled[..., 0].ravel(), reference[:, 0]).pvalue > AGREES


def test_surgery_measures_part_and_controls(text, training):
    levels = tf.attention_levels(training.weights)
    part = np.zeros(levels.shape, dtype=bool)
    part[:, 0, :2, :, :3] = True
    result = tf.surgery(training.weights, text.validation, part, rng=RNG)
    assert set(result) == {
        "intact",
        *(f"{of} {done}" for of in ("part", "random", "rest") for done in ("pruned", "replaced")),
    }
    rest = np.zeros_like(part)
    rest[:, 0, :2, :, 3] = True
    for mark, name in ((part, "part"), (rest, "rest")):
        expected = tf.evaluate(tf.prune(training.weights, mark), text.validation)
        np.testing.assert_allclose(result[f"{name} pruned"], expected)
    np.testing.assert_allclose(result["intact"], tf.evaluate(training.weights, text.validation))
    assert not np.allclose(result["random pruned"], result["part pruned"])
    assert not np.allclose(result["part replaced"], result["part pruned"])


# --- the command ---------------------------------------------------------------------------------


def test_the_command_resumes_and_tells_where_its_numbers_come_from(
    tmp_path, monkeypatch, text, small
):
    calls = []

    wide = {name: 2 * tensor for name, tensor in small.items()}

    def quick(*args, **options):
        calls.append(options)
        if "runs" in options:
            options["start"] = {"default": small, "gaussian": wide}[options["start"]]
        return train(*args, **options)

    train, evaluate = tf.train, tf.evaluate
    monkeypatch.setattr(training_room, "evaluate", partial(evaluate, windows=5))
    monkeypatch.setattr(full, "corpus", lambda: text)
    monkeypatch.setattr(full, "train", quick)
    monkeypatch.setattr(temperature, "train", quick)
    monkeypatch.setattr(full, "BLOCK", 3)
    monkeypatch.setattr(
        full, "TEMPERATURES", {"sgd": (0.2, {0.1: (2, 3)}), "adamw": (0.01, {0.01: (2,)})}
    )
    monkeypatch.setattr(
        full, "initial_weights", lambda runs, rng: {name: t[:runs] for name, t in small.items()}
    )
    output = tmp_path / "levels.npz"
    command = ["--full", str(output), "--seeds", "6", "--iterations", "10", "--replicas", "2"]
    full.main(command)
    assert len(calls) == 2 * 2 + 3
    with np.load(output) as stored:
        provenance = json.loads(str(stored["provenance"]))
        first = {name: stored[name] for name in stored if name != "provenance"}
    assert first["default_levels"].shape == (6, 11, 2, 3, 4, 4)
    assert first["gaussian_validation_loss"].shape == (6, 11)
    np.testing.assert_array_equal(first["iterations"], np.arange(11))
    untrained = np.tile(tf.attention_levels(small), (2, 1, 1, 1, 1))
    np.testing.assert_allclose(first["default_levels"][:, 0], untrained, rtol=1e-6)
    np.testing.assert_allclose(first["gaussian_levels"][:, 0], 4 * untrained, rtol=1e-6)
    np.testing.assert_array_equal(first["sgd_settings"], [[0.1, 2], [0.1, 3]])
    assert first["adamw_levels"].shape == (1, 2, 2, 3, 4, 4)
    assert "--iterations 10" in provenance["command"]
    assert provenance["seed"] == 1
    assert provenance["cpu_seconds"] >= 0

    full.main([*command[:3], "9", *command[4:]])  # three models more
    assert len(calls) == 7 + 2
    with np.load(output) as stored:
        np.testing.assert_array_equal(stored["default_levels"][:6], first["default_levels"])
        assert len(stored["default_levels"]) == 9


def test_the_command_refuses_a_broken_block(capsys):
    with pytest.raises(SystemExit):
        full.main(["--full", "x.npz", "--seeds", "6"])
    assert "--seeds must be a positive multiple of 4, got 6" in capsys.readouterr().err


def test_shipped_levels_are_those_of_the_full_command(monkeypatch):
    file = Path(__file__).parents[1] / "book" / "data" / "transformer.npz"
    with np.load(file) as stored:
        shipped = dict(stored)
    about = json.loads(str(shipped["provenance"]))
    models = len(shipped["default_levels"])
    assert f"--seeds {models}" in about["command"]
    for name in tf.INITIALISATIONS:
        assert shipped[f"{name}_levels"].shape == (models, 11, 4, 3, 4, 16)
        assert np.all(np.diff(shipped[f"{name}_levels"]) >= 0)
        assert shipped[f"{name}_validation_loss"].shape == (models, 11)
    for name, (_, settings) in full.TEMPERATURES.items():
        grid = [(alpha, batch) for alpha, batches in settings.items() for batch in batches]
        np.testing.assert_array_equal(shipped[f"{name}_settings"], grid)
        assert shipped[f"{name}_levels"].shape == (len(grid), 6, 4, 3, 4, 16)
    # A model at its start can be made again in a second: block 1 are models 4 to 7.
    monkeypatch.setattr(training_room, "evaluate", partial(tf.evaluate, windows=5))
    task = partial(full._train_block, iterations=1)
    [again] = sweep.run(task, [("gaussian", 1)], seed=about["seed"])
    np.testing.assert_allclose(shipped["gaussian_levels"][4:8, 0], again["levels"][:, 0], rtol=1e-5)


# --- bad input -----------------------------------------------------------------------------------


def test_settings_and_replicas_must_suffice():
    alphas = np.array([0.1, 0.2, 0.4])
    replicas = tf.Replicas(alphas, np.array([8, 8, 8]), np.ones((3, 3, 4)))
    with pytest.raises(ValueError, match="vary learning rate and batch size independently"):
        tf.temperature_exponents(replicas)
    replicas = tf.Replicas(alphas, np.array([8, 8, 4]), np.ones((3, 2, 4)))
    with pytest.raises(ValueError, match="replicas must be at least 3 for each setting, got 2"):
        tf.temperature_exponents(replicas)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c, w: tf.initial_weights(0, rng=1), "runs must be .* got 0"),
        (lambda c, w: tf.initial_weights(1, "xavier", rng=1), "initialisation must .* 'xavier'"),
        (lambda c, w: tf.parameter_shapes(tf.Shape(heads=3)), "width must be .* of 3 .* got 64"),
        (lambda c, w: tf.train(c, iterations=5, rng=1), "runs must be .* got None"),
        (lambda c, w: tf.train(c, runs=1, iterations=0, rng=1), "iterations must be .* got 0"),
        (
            lambda c, w: tf.train(c, start=w, iterations=5, optimiser="adam", rng=1),
            "optimiser must be adamw or sgd, got 'adam'",
        ),
        (
            lambda c, w: tf.train(c, start=w, iterations=5, learning_rate=-1, rng=1),
            "learning_rate must be .* got -1",
        ),
        (
            lambda c, w: tf.train(c, start=w, iterations=5, batch_size=0, rng=1),
            "batch_size must be .* got 0",
        ),
        (
            lambda c, w: tf.train(c, start=w, iterations=5, snapshots=[6], rng=1),
            "snapshots must lie between 0 and 5 .* got .6",
        ),
        (
            lambda c, w: tf.train(c, start=w, iterations=5, evaluations=[-1, 2], rng=1),
            "evaluations must lie between 0 and 5",
        ),
        (lambda c, w: tf.evaluate(w, c.train[:16]), "parts of more than 16 letters, got 16"),
        (lambda c, w: tf.evaluate(w, c.train, windows=0), "windows must be .* got 0"),
        (lambda c, w: tf.generate(w, c, 0, prompt="t", rng=1), "length must be .* got 0"),
        (lambda c, w: tf.generate(w, c, 1, prompt="", rng=1), "prompt must not be empty"),
        (
            lambda c, w: tf.generate(w, c, 1, prompt="t", temperature=0, rng=1),
            "temperature must .* got 0",
        ),
        (lambda c, w: tf.classes(np.ones((2, 3))), "levels must have 5 dimension"),
        (
            lambda c, w: tf.train_replicas(
                c, [(0.1, 2)], start=w, time=1.0, replicas=2, optimiser="sgd", rng=1
            ),
            "must have shape .1, any.* .one run., got .3",
        ),
        (
            lambda c, w: tf.train_replicas(
                c,
                [(0.3, 2)],
                start={name: t[:1] for name, t in w.items()},
                time=1.0,
                replicas=2,
                optimiser="sgd",
                rng=1,
            ),
            "time must be a whole number of steps of 0.3, got 1.0",
        ),
        (lambda c, w: tf.prune(w, np.ones((3, 2, 3, 4, 5), bool)), "removed must have shape"),
    ],
)
def test_bad_input_is_named(call, message, text, small):
    with pytest.raises(ValueError, match=message):
        call(text, small)


def test_an_empty_text_is_refused(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("\f")
    with pytest.raises(ValueError, match=r"path must be .* with letters .* got .*empty.txt"):
        tf.corpus(path)


# --- exercises -----------------------------------------------------------------------------------


C, T, V, L, X, S = sympy.symbols("c T V L x s")
PARAMETERS = L * (12 * C**2 + 10 * C) + C * (2 * V + T + 2) + V
TAIL = np.log(np.array([0.31, 1.9, 0.26, 0.44, 0.21, 0.73, 0.24]) / 0.2)


def test_solutions_of_the_exercises_are_accepted():
    sizes = {C: 24, T: 5, V: 7, L: 3}
    shapes = tf.parameter_shapes(tf.Shape(vocabulary=7, context=5, width=24, heads=2, layers=3))
    assert PARAMETERS.subs(sizes) == sum(np.prod(shape) for shape in shapes.values())
    answers = {
        "parameter-count": V + C * (2 * V + T + 2) + 2 * L * C * (6 * C + 5),
        "edges": [[0.083333, 0.75], [0.0064, 0.0576]],
        "iteration-zero": [1, 2, 0],
        "gauge": 0.57735,
        "noise-of-x": (2 * S) ** 2 * X,
        "tail-exponent": 1 + 7 / TAIL.sum(),
        "same-temperature": [0.1, 240],
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name
    assert PARAMETERS.subs({C: 64, T: 32, V: 65, L: 4}) == 209_729


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("parameter-count", PARAMETERS - 4 * C * L - 2 * C, "scale and a shift"),
        ("parameter-count", PARAMETERS + 3 * C * L, "no biases"),
        ("parameter-count", PARAMETERS - C * T, "order"),
        ("parameter-count", PARAMETERS - C * V - V, "of its own"),
        ("edges", [[1 / 768, 9 / 768], [1e-4, 9e-4]], "M σ²"),
        ("edges", [[0.25, 2.25], [0.0064, 0.0576]], "b²/3"),
        ("edges", [[1 / 3, 3], [0.0256, 0.2304]], "16 columns"),
        ("iteration-zero", [1, 1, 1], "depends on the matrix"),
        ("iteration-zero", [2, 3, 1], "n - 1"),
        ("iteration-zero", [0, 0, 0], "diagonal"),
        ("gauge", 1 / 3, "square of a singular"),
        ("gauge", 3**0.5, "other way round"),
        ("gauge", 1 / 9, "fourth power"),
        ("noise-of-x", 2 * X * S**2, "squared"),
        ("noise-of-x", 4 * X**2 * S**2, "enters once"),
        ("noise-of-x", S**2, "2ξ"),
        ("noise-of-x", 256 * X * S**2, "length one"),
        ("tail-exponent", 1 / TAIL.mean(), "fraction above"),
        ("tail-exponent", 1 + np.log(10) / TAIL.mean(), "Natural"),
        ("same-temperature", [1.6, 15], "smaller step"),
        ("same-temperature", [0.1, 60], "time"),
    ],
)
def test_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert hint in feedback.message


def test_the_exercise_on_tails_uses_the_fit_of_the_package():
    levels = np.exp(TAIL) * 0.2
    assert CHECKERS["tail-exponent"](tails.fit_tail(levels, x_min=0.2).exponent).correct
