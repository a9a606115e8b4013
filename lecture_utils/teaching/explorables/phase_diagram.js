// A phase diagram to be tested by hand: choose a point, and workers train networks [3, 32, 16, 1]
// there. The teacher's first and last layer are given, the matrix in the middle learns.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addStatus, axes, gaussian,
  legend, line, ticks } from "./stage.js";

const SIDE = 12;
const WIDTHS = Array.from({ length: SIDE }, (_, k) => 2 ** (k - 3));
const TEMPERATURES = WIDTHS.map((width) => width / 4);
const RUNS = 4;
const TIMES = [0, ...new Set(Array.from({ length: 51 }, (_, k) => Math.round(10 ** (k / 10))))];
const MAP_TIME = 1e4;
const LEARNED = 1e-3;
const REMEMBERED = 0.5;

/** Networks and their training. A worker gets this function as text: it uses nothing from outside. */
export function laboratory() {
  const INPUTS = 3;
  const HIDDEN = 32;
  const OUT = 16;
  const BATCH = 4;
  const SAMPLES = 4000;
  const TESTS = 128;

  // The minimax fraction of the compiled kernels in Python; NaN passes.
  function tanh(x) {
    if (x > 8) return 1;
    if (x < -8) return -1;
    const u = x * x;
    const p = (((1.522966291e-8 * u + 2.189419144e-5) * u + 0.003571571911) * u +
      0.1344447667) * u + 0.9999999936;
    const q = (((8.522161131e-7 * u + 0.0003411247686) * u + 0.02616434574) * u +
      0.4677780399) * u + 1;
    return (x * p) / q;
  }

  // Features lie batch by batch, and in a batch its four samples side by side.
  function firstLayer(first, x) {
    const samples = x.length / INPUTS;
    const hidden = new Float32Array(samples * HIDDEN);
    for (let s = 0; s < samples; s++) {
      const at = (s - (s % BATCH)) * HIDDEN + (s % BATCH);
      for (let i = 0; i < HIDDEN; i++) {
        let z = 0;
        for (let k = 0; k < INPUTS; k++) z += first[i * INPUTS + k] * x[s * INPUTS + k];
        hidden[at + i * BATCH] = Math.tanh(z);
      }
    }
    return hidden;
  }

  function forward(weights, hidden, at, phi, to) {
    for (let j = 0; j < OUT; j++, to += BATCH) {
      let a = 0, b = 0, c = 0, d = 0;
      for (let w = j * HIDDEN, end = w + HIDDEN, k = at; w < end; w++, k += BATCH) {
        const weight = weights[w];
        a += weight * hidden[k];
        b += weight * hidden[k + 1];
        c += weight * hidden[k + 2];
        d += weight * hidden[k + 3];
      }
      phi[to] = tanh(a);
      phi[to + 1] = tanh(b);
      phi[to + 2] = tanh(c);
      phi[to + 3] = tanh(d);
    }
  }

  function features(weights, hidden) {
    const phi = new Float64Array((hidden.length * OUT) / HIDDEN);
    for (let at = 0, to = 0; to < phi.length; at += HIDDEN * BATCH, to += OUT * BATCH) {
      forward(weights, hidden, at, phi, to);
    }
    return phi;
  }

  function outputs(phi, last) {
    return Float32Array.from({ length: phi.length / OUT }, (_, s) => {
      const at = (s - (s % BATCH)) * OUT + (s % BATCH);
      return last.reduce((sum, weight, j) => sum + weight * phi[at + j * BATCH], 0);
    });
  }

  /** A teacher's three layers, a student's matrix, inputs for training and for the memory. */
  function problem(first, middle, last, start, x, tests) {
    const hidden = firstLayer(first, x);
    const y = outputs(features(middle, hidden), last);
    return { middle, last, start, hidden, y, tests: firstLayer(first, tests) };
  }

  function draw(normal) {
    const matrix = (rows, columns, scale = 1 / Math.sqrt(columns)) =>
      Float32Array.from({ length: rows * columns }, () => scale * normal());
    return problem(matrix(HIDDEN, INPUTS), matrix(OUT, HIDDEN), matrix(1, OUT),
      matrix(OUT, HIDDEN), matrix(SAMPLES, INPUTS, 1), matrix(TESTS, INPUTS, 1));
  }

  function begin(problem, sigma) {
    const weights = Float32Array.from(problem.start, (value) => sigma * value);
    return { problem, weights, time: 0, origin: features(weights, problem.tests) };
  }

  /** Updates in place until a time, one batch of four after another, over and over. */
  function train(network, temperature, until) {
    const { weights, problem: { hidden, y, last } } = network;
    const phi = new Float64Array(OUT * BATCH);
    for (; network.time < until; network.time++) {
      const sample = (network.time * BATCH) % y.length;
      const at = sample * HIDDEN;
      forward(weights, hidden, at, phi, 0);
      let a = -y[sample], b = -y[sample + 1], c = -y[sample + 2], d = -y[sample + 3];
      for (let j = 0, k = 0; j < OUT; j++, k += BATCH) {
        a += last[j] * phi[k];
        b += last[j] * phi[k + 1];
        c += last[j] * phi[k + 2];
        d += last[j] * phi[k + 3];
      }
      for (let j = 0, k = 0; j < OUT; j++, k += BATCH) {
        const push = -temperature * last[j];
        const da = push * a * (1 - phi[k] * phi[k]);
        const db = push * b * (1 - phi[k + 1] * phi[k + 1]);
        const dc = push * c * (1 - phi[k + 2] * phi[k + 2]);
        const dd = push * d * (1 - phi[k + 3] * phi[k + 3]);
        for (let w = j * HIDDEN, end = w + HIDDEN, i = at; w < end; w++, i += BATCH) {
          weights[w] += da * hidden[i] + db * hidden[i + 1] + dc * hidden[i + 2] +
            dd * hidden[i + 3];
        }
      }
    }
  }

  /** Singular values, ascending: pairs of rows are turned until all are orthogonal (Jacobi). */
  function singularValues(matrix) {
    const rows = Array.from({ length: OUT }, (_, j) =>
      Float64Array.from(matrix.slice(j * HIDDEN, (j + 1) * HIDDEN)));
    const dot = (p, q) => p.reduce((sum, value, i) => sum + value * q[i], 0);
    for (let sweep = 0, turned = true; turned && sweep < 30; sweep++) {
      turned = false;
      for (let j = 1; j < OUT; j++) {
        for (let k = 0; k < j; k++) {
          const [p, q] = [rows[k], rows[j]];
          const [pp, qq, pq] = [dot(p, p), dot(q, q), dot(p, q)];
          if (Math.abs(pq) <= 1e-13 * Math.sqrt(pp * qq)) continue;
          turned = true;
          const slope = (qq - pp) / (2 * pq);
          const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
          const cosine = 1 / Math.hypot(1, tangent);
          const sine = cosine * tangent;
          for (let i = 0; i < HIDDEN; i++) {
            [p[i], q[i]] = [cosine * p[i] - sine * q[i], sine * p[i] + cosine * q[i]];
          }
        }
      }
    }
    return rows.map((row) => Math.sqrt(dot(row, row))).sort((a, b) => a - b);
  }

  /** Half the mean square error, cosine of the features with those at the start, levels. */
  function observe({ weights, problem: { hidden, y, last, tests }, origin }) {
    const output = outputs(features(weights, hidden), last);
    const phi = features(weights, tests);
    let [overlap, before, now] = [0, 0, 0];
    phi.forEach((value, i) => {
      overlap += value * origin[i];
      before += origin[i] ** 2;
      now += value ** 2;
    });
    return {
      loss: output.reduce((sum, value, s) => sum + (value - y[s]) ** 2, 0) / (2 * y.length),
      memory: overlap / Math.sqrt(before * now),
      levels: singularValues(weights),
    };
  }

  return { tanh, problem, draw, begin, train, singularValues, observe };
}

/** What a worker does: it goes on with its network of that number, or begins another one. */
function serve(lab, gaussian) {
  const problems = {};
  const networks = {};
  onmessage = ({ data: { key, run, seed, sigma, temperature, until } }) => {
    problems[seed] ??= lab.draw(gaussian(seed));
    if (networks[run]?.key !== key) networks[run] = { key, ...lab.begin(problems[seed], sigma) };
    lab.train(networks[run], temperature, until);
    const target = lab.singularValues(problems[seed].middle);
    postMessage({ key, run, until, target, ...lab.observe(networks[run]) });
  };
}

/** Source of a worker. */
export const workerSource = () => `${gaussian}\n(${serve})((${laboratory})(), gaussian);`;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** The regime, by loss and memory. */
export const phase = (loss, memory) =>
  loss < LEARNED ? "ferromagnet" : memory > REMEMBERED ? "jam" : "paramagnet";

const WORDS = {
  ferromagnet: "It learns: the ferromagnet.",
  jam: "It has learned little, and its features still resemble those at the start: the jam.",
  paramagnet: "It has not learned, and has forgotten its start: the paramagnet.",
};

const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

/** Colour of a loss, from 10⁻⁶ (dark) to 1. */
function colour(logLoss) {
  const place = Math.min(Math.max((logLoss + 6) / 6, 0), 1) * (VIRIDIS.length - 1);
  const k = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return `rgb(${VIRIDIS[k].map((c, i) => Math.round(c + (place - k) * (VIRIDIS[k + 1][i] - c)))})`;
}

const fraction = (value) => (value < 1 ? `1/${1 / value}` : String(value));
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶";
const power = (k) => [k, k ? `10${k < 0 ? "⁻" : ""}${SUPERSCRIPTS[Math.abs(k)]}` : "1"];
const scientific = (value) => value.toExponential(1).replace(/e(.*)/, (_, k) =>
  +k ? ` × ${power(+k)[1]}` : "");

export function render({ model, el }) {
  const maps = model.get("maps");
  let [column, row] = [model.get("column"), model.get("row")];
  let seed = model.get("seed");
  let workers, key, records, drawn, changed, target;
  const home = { left: 0, width: 1, top: 0, height: 1 };

  const controls = addRow(el);
  const grid = document.createElement("div");
  grid.style.cssText =
    "display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17em,100%),1fr))";
  el.append(grid);
  const panel = (alt, draw) => {
    const place = document.createElement("div");
    place.style.minWidth = 0;
    grid.append(place);
    return [place, addDrawing(place, alt, 300, draw)];
  };
  const [map, drawMap] = panel(model.get("alt"), mapMarkup);
  const drawings = [
    drawMap,
    panel("Loss against updates on logarithmic axes.", lossMarkup)[1],
    panel("Sixteen singular values of one network against updates.", levelsMarkup)[1],
    panel("Cosine of the features with those at the start against updates.", memoryMarkup)[1],
  ];
  const status = addStatus(el);
  map.tabIndex = 0;
  // A drawing that is replaced between press and release would swallow the click.
  map.firstChild.style.pointerEvents = "none";
  map.style.cursor = "crosshair";
  map.setAttribute("role", "application");
  map.setAttribute("data-lm-suppress-shortcuts", "true");
  map.setAttribute("aria-label", "Phase diagram: arrow keys choose the point to train at");
  map.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!(event.key in move)) return;
    event.preventDefault();
    choose(column + move[event.key][0], row + move[event.key][1]);
  });
  map.addEventListener("click", (event) => {
    const box = map.getBoundingClientRect();
    const across = (event.clientX - box.left - home.left) / home.width;
    const up = 1 - (event.clientY - box.top - home.top) / home.height;
    choose(SIDE - 1 - Math.floor(SIDE * across), Math.floor(SIDE * up));
  });
  addLoop(el, controls, frame, announce);
  addButton(controls, "Other networks", () => { seed += RUNS; choose(column, row); });
  addButton(controls, "Draw the whole map", () => { begin([]); announce(); });
  choose(column, row);

  function choose(newColumn, newRow) {
    const inside = (k) => Math.min(Math.max(k, 0), SIDE - 1);
    [column, row] = [inside(newColumn), inside(newRow)];
    begin(null);
    announce();
  }

  /** Forget what runs; `losses` is null for one point, or a list that the whole map fills. */
  function begin(losses) {
    key = (key ?? 0) + SIDE * SIDE;
    drawn = losses && { losses, sent: 0, done: 0 };
    if (!losses) records = Array.from({ length: RUNS }, () => []);
    for (const redraw of drawings) redraw();
  }

  /** What the worker of this number should do next: always little, so that it can be stopped. */
  function order(number) {
    if (drawn) {
      if (drawn.sent === SIDE * SIDE) return null;
      const cell = drawn.sent++;
      return { key: key + cell, run: RUNS, seed, until: MAP_TIME,
        sigma: WIDTHS[Math.floor(cell / SIDE)], temperature: TEMPERATURES[cell % SIDE] };
    }
    const runs = [...records.keys()].filter((k) => k % workers.length === number);
    const run = runs.reduce((a, b) => (records[b].length < records[a].length ? b : a));
    if (records[run].length === TIMES.length) return null;
    return { key, run, seed: seed + run, until: TIMES[records[run].length],
      sigma: WIDTHS[column], temperature: TEMPERATURES[row] };
  }

  function receive(reply) {
    changed = true;
    if (drawn) {
      drawn.losses[reply.key - key] = Math.log10(reply.loss);
      if (++drawn.done === SIDE * SIDE) announce();
    } else {
      records[reply.run].push(reply);
      if (reply.run === 0) target = reply.target;
      if (finished()) announce();
    }
  }

  function finished() {
    return records.every((record) => record.length === TIMES.length);
  }

  function start() {
    const url = URL.createObjectURL(new Blob([workerSource()], { type: "text/javascript" }));
    workers = [0, 1].map(() => Object.assign(new Worker(url), { free: true }));
    for (const worker of workers) {
      worker.onmessage = ({ data }) => {
        worker.free = true;
        // An answer to what was asked before the last choice is not wanted any more.
        if (data.key >= key) receive(data);
      };
    }
    URL.revokeObjectURL(url);
  }

  function frame() {
    if (!workers) start();
    workers.forEach((worker, number) => {
      const next = worker.free && order(number);
      if (!next) return;
      worker.free = false;
      worker.postMessage(next);
    });
    if (changed) for (const redraw of drawings) redraw();
    changed = false;
  }

  function announce() {
    if (drawn) {
      const learned = (losses) => losses.filter((value) => value < Math.log10(LEARNED)).length;
      status(`Whole map, one network a point, 10⁴ updates: ${drawn.done} of ${SIDE * SIDE} points. ` +
        `Loss below 10⁻³ at ${learned(drawn.losses)} points; shipped map (frames): ` +
        `${learned(maps[0])}.`);
      return;
    }
    const point = `T = ${fraction(TEMPERATURES[row])}, σ_W = ${fraction(WIDTHS[column])}`;
    const shipped = scientific(10 ** maps[1][column * SIDE + row]);
    if (!finished()) {
      status(`${point}: ${RUNS} networks on their way to 10⁵ updates. Loss on the shipped map: ` +
        `${shipped}.`);
      return;
    }
    const [loss, memory] = ["loss", "memory"].map((name) =>
      median(records.map((record) => record[TIMES.length - 1][name])));
    status(`${point}, median of ${RUNS} networks after 10⁵ updates: loss ${scientific(loss)} ` +
      `(shipped map: ${shipped}), memory ${memory.toFixed(2)}. ${WORDS[phase(loss, memory)]}`);
  }

  function mapMarkup(width, height) {
    const octave = (k) => [k, 2 ** Math.abs(k)];
    const label = ([k, text]) => [k, k < 0 ? `1/${text}` : text];
    const { X, Y, markup } = axes(width, height, {
      x: [-8.5, 3.5], y: [-5.5, 6.5], xLabel: "1/σ_W", yLabel: "T = α/|B|",
      xTicks: [-8, -5, -2, 0, 3].map(octave).map(label),
      yTicks: [-5, -2, 0, 3, 6].map(octave).map(label),
    });
    const side = { x: X(1) - X(0), y: Y(0) - Y(1) };
    Object.assign(home, { left: X(-8.5), width: SIDE * side.x, top: Y(6.5), height: SIDE * side.y });
    const square = (cell, size, style) => {
      const [x, y] = [X(3 - Math.floor(cell / SIDE)), Y((cell % SIDE) - 5)];
      return `<rect x="${(x - (size * side.x) / 2).toFixed(1)}" ` +
        `y="${(y - (size * side.y) / 2).toFixed(1)}" width="${(size * side.x).toFixed(1)}" ` +
        `height="${(size * side.y).toFixed(1)}" ${style}/>`;
    };
    const squares = (losses, size) =>
      losses.map((value, cell) => square(cell, size, `fill="${colour(value)}"`)).join("");
    return markup + squares(maps[drawn ? 0 : 1], 1.03) + squares(drawn?.losses ?? [], 0.55) +
      square(column * SIDE + row, 0.9, 'stroke="black" stroke-width="4"') +
      square(column * SIDE + row, 0.9, 'stroke="white" stroke-width="2"');
  }

  function timeAxes(width, height, y, yTicks, yLabel) {
    const { X, Y, markup } = axes(width, height, {
      x: [0, 5.15], y, yTicks, yLabel, xLabel: "updates", xTicks: [0, 1, 2, 3, 4, 5].map(power) });
    const path = (record, value) => line(record.filter((seen) => seen.until > 0)
      .map((seen) => [X(Math.log10(seen.until)), Y(value(seen))]), `stroke="${DATA}"`);
    return { X, Y, markup, path };
  }

  function lossMarkup(width, height) {
    const { X, Y, markup, path } = timeAxes(width, height, [-6.5, 0.8], [-6, -4, -2, 0].map(power),
      "loss");
    const dots = [4, 5].map((age, k) => `<circle cx="${X(age)}" r="4.5" fill="${THEORY}" ` +
      `cy="${Y(maps[k][column * SIDE + row])}" stroke="currentColor"/>`).join("");
    return markup + records.map((record) => path(record, (seen) => Math.log10(seen.loss))).join("") +
      dots + legend(X(0.15), Y(-5.3), [["here", `stroke="${DATA}"`],
        ["shipped map, dots", `stroke="${THEORY}" stroke-width="5"`]]);
  }

  function levelsMarkup(width, height) {
    const [shown] = records;
    const top = 1.1 * Math.max(1, ...(target ?? []), ...shown.map((seen) => seen.levels.at(-1)));
    const { X, Y, markup, path } = timeAxes(width, height, [0, top], ticks(0, top),
      "singular values");
    const marks = (target ?? []).map((value) =>
      line([[X(5.02), Y(value)], [X(5.15), Y(value)]], `stroke="${THEORY}" stroke-width="2"`));
    return markup + marks.join("") +
      Array.from({ length: 16 }, (_, j) => path(shown, (seen) => seen.levels[j])).join("") +
      legend(X(0.15), 14, [["teacher", `stroke="${THEORY}" stroke-width="2"`]]);
  }

  function memoryMarkup(width, height) {
    const { X, Y, markup, path } = timeAxes(width, height, [-0.25, 1.05],
      [[0, "0"], [0.5, "0.5"], [1, "1"]], "memory");
    return markup + line([[X(0), Y(REMEMBERED)], [X(5), Y(REMEMBERED)]],
      `stroke="${MUTED}" stroke-dasharray="2 4"`) +
      records.map((record) => path(record, (seen) => seen.memory)).join("");
  }
}
