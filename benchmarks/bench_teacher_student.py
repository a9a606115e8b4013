"""Updates per second of the network [3, 32, 16, 1], against single trainings in PyTorch.

Run ``python benchmarks/bench_teacher_student.py``. Two set-ups of the chapter on the phase
diagram, batches of four: only the middle matrix learns, or all layers do. The obvious way is a
loop over `nn.Module` and `optim.SGD`, one training at a time. Against it stand the readable
batched step and the compiled kernels of `lecture_utils.teacher_student`, as they are called, with
data, snapshots and all. One thread, rounds interleaved, CPU seconds; compiling is not counted,
the best of the rounds counts.
"""

from contest import measure

ROUNDS = 3
UPDATES = {"loop": 1_000, "step": 100, "kernel": 200_000}
RUNS = 800  # of the readable step; the kernels get sixteen
PROMISES = {  # gain over the loop
    "middle, step": 50,
    "middle, kernel": 1_000,
    "all, step": 50,
    "all, kernel": 400,
}

START = """
import json, sys, time
import numpy as np
runs, updates = json.loads(sys.argv[1])
rng = np.random.default_rng(1)
"""
TORCH = """
import torch
torch.set_num_threads(1)
layers = [torch.nn.Linear(a, b, bias=False) for a, b in ((3, 32), (32, 16), (16, 1))]
tanh = torch.nn.Tanh()
model = torch.nn.Sequential(layers[0], tanh, layers[1], tanh, layers[2])
x, y = torch.randn(4000, 3), torch.randn(4000, 1)
runs = 1
cycled = lambda t: slice(4 * t % 4000, 4 * t % 4000 + 4)
replaced = lambda t: torch.randint(4000, (4,))
def training(learning, draw):
    for layer in layers:
        layer.requires_grad_(layer in learning)
    optimizer = torch.optim.SGD([layer.weight for layer in learning], lr=0.01)
    def train(updates):
        for t in range(updates):
            batch = draw(t)
            optimizer.zero_grad()
            loss = 0.5 * ((model(x[batch]) - y[batch]) ** 2).mean()
            loss.backward()
            optimizer.step()
    return train
"""
NUMPY = """
from lecture_utils import teacher_student as ts
problem = ts.draw_problem(runs, 400, rng=rng)
single = lambda arrays: tuple(np.asarray(a, np.float32) for a in arrays)
weights = single(problem.student(1.0, "all"))
hidden, x, y = single((np.tanh(problem.x @ weights[0].mT), problem.x, problem.y))
def train(updates):
    now = weights
    for t in range(updates):
        batch = slice(4 * t % 400, 4 * t % 400 + 4)
        now = advance(now, x[:, batch], y[:, batch], hidden[:, batch])
"""
KERNEL = """
from lecture_utils import teacher_student as ts
runs = 16
problem = ts.draw_problem(runs, samples, rng=rng)
"""
CODE = {
    "middle, loop": TORCH + "train = training(layers[1:2], cycled)",
    "middle, step": NUMPY
    + """
def advance(now, x, y, hidden):
    return now[0], ts.middle_step(now[1], now[2], hidden, y, np.float32(0.01)), now[2]
""",
    "middle, kernel": "samples = 4000"
    + KERNEL
    + """
def train(updates): ts.train_middle(problem, 1.0, 0.01, times=(0, updates))
""",
    "all, loop": TORCH + "train = training(layers, replaced)",
    "all, step": NUMPY
    + """
def advance(now, x, y, hidden):
    return ts.step(now, x, y, np.float32(0.01))
""",
    "all, kernel": "samples = 512"
    + KERNEL
    + """
def train(updates): ts.train_all(problem, 1.0, 0.01, times=(0, updates), rng=rng)
""",
}
TIMER = """
train(2)
start = time.process_time()
train(updates)
print(json.dumps(runs * updates / (time.process_time() - start)))
"""


def main():
    """Measure, print the table and check the promises."""
    best = dict.fromkeys(CODE, 0.0)
    for _ in range(ROUNDS):
        for name, code in CODE.items():
            setting = (RUNS, UPDATES[name.split(", ")[1]])
            best[name] = max(best[name], measure(START + code + TIMER, setting))
    print(f"{'updates per second':20}{'':>14}{'gain':>10}")
    for name, speed in best.items():
        gain = speed / best[name.split(", ")[0] + ", loop"]
        print(f"{name:20}{speed:>14,.0f}{gain:>9,.0f}x")
        assert gain >= PROMISES.get(name, 1), f"{name} gains less than {PROMISES[name]}"


if __name__ == "__main__":
    main()
