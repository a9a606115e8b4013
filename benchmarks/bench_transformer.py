"""Seed-iterations per second of nano-GPT, four seeds at once against one module a head.

Run ``python benchmarks/bench_transformer.py``. The alternative is what one writes first and what
is taught: a module for each head, its scores masked and normalised by hand, heads in a list, one
seed after the other, PyTorch's plain AdamW. Both learn Shakespeare from the lecture's batches of
16 windows. One thread, rounds interleaved, CPU seconds; the best of the rounds counts. The losses
of both after the same number of iterations must agree within their spread over seeds.
"""

import numpy as np
from contest import measure

ROUNDS = 6
SEEDS, ITERATIONS = 4, 60
PROMISE = 1.5

START = """
import json, sys, time
import numpy as np, torch
from lecture_utils import transformer
torch.set_num_threads(1)
seeds, iterations, first = json.loads(sys.argv[1])
text = transformer.corpus()
"""
BATCHED = """
def run(iterations):
    rng = np.random.default_rng(first)
    return transformer.train(text, runs=seeds, iterations=iterations, rng=rng).batch_loss
"""
PLAIN = """
from torch import nn
from torch.nn import functional as F

class Head(nn.Module):
    def __init__(self, width, size, context):
        super().__init__()
        self.key = nn.Linear(width, size, bias=False)
        self.query = nn.Linear(width, size, bias=False)
        self.value = nn.Linear(width, size, bias=False)
        self.register_buffer("past", torch.tril(torch.ones(context, context)))

    def forward(self, x):
        length, size = x.shape[1], self.key.out_features
        scores = self.query(x) @ self.key(x).transpose(-2, -1) * size**-0.5
        scores = scores.masked_fill(self.past[:length, :length] == 0, float("-inf"))
        return F.softmax(scores, dim=-1) @ self.value(x)

class Attention(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = nn.ModuleList(Head(width, width // heads, context) for _ in range(heads))
        self.out = nn.Linear(width, width)

    def forward(self, x):
        return self.out(torch.cat([head(x) for head in self.heads], dim=-1))

class Layer(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.attention = Attention(width, heads, context)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width)
        )
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.perceptron(self.norm2(x))

class Model(nn.Module):
    def __init__(self, letters=65, context=32, width=64, heads=4, layers=4):
        super().__init__()
        self.tokens = nn.Embedding(letters, width)
        self.positions = nn.Embedding(context, width)
        self.layers = nn.Sequential(*(Layer(width, heads, context) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, letters)

    def forward(self, x, targets):
        x = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        scores = self.head(self.norm(self.layers(x)))
        return F.cross_entropy(scores.flatten(0, 1), targets.flatten())

data = torch.from_numpy(text.train).long()

def run(iterations):
    losses = np.empty((seeds, iterations))
    for seed in range(seeds):
        torch.manual_seed(first + seed)
        model = Model()
        assert sum(p.numel() for p in model.parameters()) == 209_729
        step = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for iteration in range(iterations):
            starts = torch.randint(len(data) - 32, (16,))
            x = torch.stack([data[i : i + 32] for i in starts])
            y = torch.stack([data[i + 1 : i + 33] for i in starts])
            loss = model(x, y)
            step.zero_grad(set_to_none=True)
            loss.backward()
            step.step()
            losses[seed, iteration] = loss.item()
    return losses
"""
TIMER = """
run(4)
started = time.process_time()
losses = run(iterations)
speed = losses.size / (time.process_time() - started)
print(json.dumps([speed, losses[:, -20:].mean(axis=1).tolist()]))
"""


def main():
    """Measure, print the table and check the promises."""
    speeds, losses = {"batched": [], "plain": []}, {"batched": [], "plain": []}
    for number in range(ROUNDS):
        for name, code in {"batched": BATCHED, "plain": PLAIN}.items():
            sizes = [SEEDS, ITERATIONS, 1000 * number]
            speed, final = measure(START + code + TIMER, sizes)
            speeds[name].append(speed)
            losses[name] += final

    print(f"{'':10}{'seed-iterations/s':>20}{'loss':>10}{'error':>10}")
    mean = {name: np.mean(values) for name, values in losses.items()}
    error = {n: np.std(v, ddof=1) / np.sqrt(len(v)) for n, v in losses.items()}
    for name in speeds:
        print(f"{name:10}{max(speeds[name]):>20.1f}{mean[name]:>10.4f}{error[name]:>10.4f}")
    gain = max(speeds["batched"]) / max(speeds["plain"])
    apart = abs(mean["batched"] - mean["plain"]) / np.hypot(*error.values())
    print(f"{gain:.2f}x as fast; losses {apart:.1f} standard errors apart")
    assert gain >= PROMISE, f"less than {PROMISE} times as fast"
    assert apart < 4, "the two do not learn alike"


if __name__ == "__main__":
    main()
