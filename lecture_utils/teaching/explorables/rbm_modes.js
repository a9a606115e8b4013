// Gaussian restricted Boltzmann machines learn ten modes by persistent contrastive divergence.
// All matrices stand in the target's basis of waves, where its covariance is diagonal.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, histogramPath, legend, line } from "./stage.js";
import { levels, spacingDensity } from "./spectra.js";

const N = 10;
const MU2 = 9;
const START = 0.1; // standard deviation of the first weights
const COLUMNS = 240;
const BINS = 24;
const MOST = 2 ** 14;

/** Levels of the target's kernel (mass 2), descending; modes k and 10 - k are a pair. */
export const KAPPA = [5, 4, 4, 3, 3, 2, 2, 1, 1, 0].map((k) => 6 - 2 * Math.cos((Math.PI * k) / 5));
/** Levels of the best machine, ascending. */
export const TARGETS = KAPPA.map((kappa) => MU2 - kappa);
const PAIRS = [7, 5, 3, 1]; // the lower levels, infrared first
const MODES = [0, ...PAIRS, 9]; // each kappa once

/** Predicted variance of an element of W W^T: memory of three sweeps, finite step, no fit. */
export function variance(i, j, alpha, batch) {
  const sum = TARGETS[i] + TARGETS[j];
  const p = ((TARGETS[i] * TARGETS[j]) / MU2 ** 2) ** 3;
  const lambda = (1 + p) / (1 - p);
  const slow = (sum * alpha * lambda) / batch / (i === j ? 1 : 2);
  return slow / (1 - (alpha * sum) / (KAPPA[i] * KAPPA[j]) / (2 * lambda));
}

/** Relative change of the mean square spacing of the pair (i, i + 1) by its neighbours. */
export function squeeze(i, alpha, batch) {
  const inside = variance(i, i + 1, alpha, batch);
  return TARGETS.reduce((change, x, j) => {
    if (j === i || j === i + 1) return change;
    const v = variance(i, j, alpha, batch);
    return change - (2 * v - (v * v) / inside) / (TARGETS[i] - x) ** 2;
  }, 0);
}

/** Level of mode i at t = alpha * updates under exact gradients, if it begins at x0, aligned. */
export function flow(i, t, x0) {
  const [kappa, target] = [KAPPA[i], TARGETS[i]];
  const unit = kappa / (2 * target);
  const soft = (y) => Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y)));
  const time = (y) => unit * (kappa * soft(y) - MU2 * soft(-y));
  // In y = log(x/(x* - x)) time is concave: Newton's steps from the start never overshoot.
  let y = Math.log(x0 / (target - x0));
  const end = t + time(y);
  for (let k = 0, move = 1; Math.abs(move) > 1e-13 * Math.abs(y) && k < 99; k++) {
    const part = 1 / (1 + Math.exp(-y));
    move = (end - time(y)) / (unit * (kappa * part + MU2 * (1 - part)));
    y += move;
  }
  return target / (1 + Math.exp(-y));
}

const matrix = () => new Float64Array(N * N);
const [product, once, power, sums, root, second, shifted, other] =
  Array.from({ length: 8 }, matrix);

/** out = a b, or added to it. */
function times(a, b, out, more = false) {
  if (!more) out.fill(0);
  for (let i = 0; i < N * N; i += N) {
    for (let k = 0; k < N; k++) {
      const factor = a[i + k];
      if (factor === 0) continue;
      for (let j = 0; j < N; j++) out[i + j] += factor * b[k * N + j];
    }
  }
}

/** out = a a^T, or added to it. */
function outer(a, out, more = false) {
  for (let i = 0; i < N; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = more ? out[i * N + j] : 0;
      for (let k = 0; k < N; k++) sum += a[i * N + k] * a[j * N + k];
      out[i * N + j] = out[j * N + i] = sum;
    }
  }
}

/** Lower triangular out with a = out out^T; false if there is none. */
function cholesky(a, out) {
  out.fill(0);
  for (let j = 0; j < N; j++) {
    for (let i = j; i < N; i++) {
      let sum = a[i * N + j];
      for (let k = 0; k < j; k++) sum -= out[i * N + k] * out[j * N + k];
      if (i === j && !(sum > 0)) return false;
      out[i * N + j] = i === j ? Math.sqrt(sum) : sum / out[j * N + j];
    }
  }
  return true;
}

/** Square root of a chi-square number of more than two degrees of freedom (Marsaglia and Tsang). */
function chi(freedom, normal) {
  const d = freedom / 2 - 1 / 3;
  for (;;) {
    const x = normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    const log = -(normal() ** 2 + normal() ** 2) / 2; // of a uniform number
    if (v > 0 && log < (x * x) / 2 + d * (1 - v + Math.log(v))) return Math.sqrt(2 * d * v);
  }
}

/**
 * Noise of all chains: ten of them one by one in `fresh`; of the others only second moments are
 * ever needed, and `rest` is a square root of these (Bartlett's, if they are many).
 */
export function draw({ batch, fresh, rest, normal }) {
  const others = batch - N;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      fresh[i * N + j] = j < batch ? normal() : 0;
      if (others <= N) rest[i * N + j] = j < others ? normal() : 0;
      else rest[i * N + j] = i < j ? 0 : i > j ? normal() : chi(others - j, normal);
    }
  }
}

/** Chains after they have moved: `fresh` and `rest` times a root, and ten chains' memory. */
function gather({ batch, chains, fresh, rest }) {
  times(root, rest, other);
  outer(other, second);
  times(root, fresh, other);
  times(power, chains, other, true);
  outer(other, second, true);
  if (batch > N) cholesky(second, chains);
  else chains.set(other);
}

/**
 * A machine with `batch` chains (infinitely many: exact gradients). Random, with chains at 1; or
 * `warm`: the best one, with chains in equilibrium.
 */
export function machine(batch, normal, warm) {
  const m = { batch, normal, weights: matrix(), chains: matrix(), fresh: matrix(), rest: matrix() };
  if (warm) {
    root.fill(0);
    TARGETS.forEach((x, i) => {
      m.weights[i * (N + 1)] = Math.sqrt(x);
      root[i * (N + 1)] = 1 / Math.sqrt(KAPPA[i]);
    });
    draw(m);
    gather(m);
  } else {
    m.weights.forEach((_, i) => (m.weights[i] = START * normal()));
    const last = m.chains.subarray(N * (N - 1));
    if (batch > N) last[0] = Math.sqrt(N * batch);
    else last.fill(Math.sqrt(N), 0, batch);
  }
  return m;
}

/** One update; false, and nothing moves, if the kernel is not positive definite any more. */
export function step(m, alpha) {
  const { batch, weights } = m;
  outer(weights, product);
  for (let i = 0; i < N * N; i++) shifted[i] = (i % (N + 1) ? 0 : MU2) - product[i];
  if (!cholesky(shifted, root)) return false;
  if (batch === Infinity) {
    for (let j = 0; j < N; j++) { // the inverse of the root, transposed
      for (let i = 0; i < N; i++) {
        let sum = i === j ? 1 : 0;
        for (let k = j; k < i; k++) sum -= root[i * N + k] * other[j * N + k];
        other[j * N + i] = i < j ? 0 : sum / root[i * N + i];
      }
    }
    outer(other, second);
  } else {
    // Three sweeps are one Gaussian step: M^3, and noise of covariance (1 + M + ... + M^5)/mu^2.
    for (let i = 0; i < N * N; i++) once[i] = product[i] / MU2;
    times(once, once, other);
    times(other, once, power);
    for (let i = 0; i < N * N; i++) sums[i] = (i % (N + 1) ? 0 : 1) + once[i] + other[i];
    times(power, sums, other);
    for (let i = 0; i < N * N; i++) other[i] = (other[i] + sums[i]) / MU2;
    cholesky(other, root);
    draw(m);
    gather(m);
  }
  const share = batch === Infinity ? 1 : batch;
  for (let i = 0; i < N * N; i++) {
    second[i] = alpha * ((i % (N + 1) ? 0 : 1 / KAPPA[i % N]) - second[i] / share);
  }
  other.set(weights);
  times(second, other, weights, true);
  return true;
}

/** Levels of W W^T, ascending. */
export function spectrum(weights) {
  outer(weights, product);
  return levels(Array.from({ length: N }, (_, i) => product.slice(i * N, (i + 1) * N)));
}

/** Updates after which the slowest pair has forgotten all but 1/e of a displacement. */
export const relaxation = (alpha) => KAPPA[1] ** 2 / (2 * TARGETS[1] * alpha);

export const spacings = (x) => PAIRS.map((i) => x[i + 1] - x[i]);

const SIZES = [4, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const power10 = (k) => (k ? `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((d) =>
  SUPERSCRIPTS[d]).join("")}` : "1");
const theory = `stroke="${THEORY}" stroke-width="2"`;
const dashed = `stroke="${THEORY}" stroke-dasharray="5 4"`;
const dotted = `stroke="${MUTED}" stroke-width="2" stroke-dasharray="2 4"`;
const thin = `stroke="${DATA}" stroke-width="1.2"`;

const curve = (from, to, point, style) =>
  line(Array.from({ length: 81 }, (_, k) => point(from + ((to - from) * k) / 80)), style);

export function render({ model, el }) {
  let alpha = model.get("learning_rate");
  let batch = model.get("batch_size");
  const normal = gaussian(model.get("seed"));
  const store = new Float64Array(4 * MOST);
  let shown, hidden, due, count, lost, begun, told, flows, end, rested;

  // Where random weights begin: singular values of 200 machines, up to the edge of their law.
  const edge = 2 * START * Math.sqrt(N);
  const starts = Array(16).fill(0);
  for (let k = 0; k < 200; k++) {
    for (const x of spectrum(machine(N, normal).weights)) {
      const bin = Math.floor((Math.sqrt(x) / edge / 1.25) * starts.length);
      if (bin < starts.length) starts[bin]++;
    }
  }

  const row = addRow(el);
  addSlider(row, { label: "learning rate α", min: 1, max: 7, step: 1,
    value: Math.round(Math.log2(alpha / 0.01)), show: (k) => String((2 ** k) / 100) },
  (k) => { alpha = (2 ** k) / 100; restart(); });
  addSlider(row, { label: "batch size |B|", min: 0, max: SIZES.length - 1, step: 1,
    value: SIZES.indexOf(batch), show: (k) => (k < SIZES.length - 1 ? String(SIZES[k]) : "∞") },
  (k) => { batch = SIZES[k]; restart(); });
  const panels = document.createElement("div");
  panels.style.cssText = "display:flex;flex-wrap:wrap";
  el.append(panels);
  const panel = (share, alt, markup) => {
    const place = document.createElement("div");
    place.style.cssText = `flex:${share} 1 ${9 + 6 * share}em;min-width:0`;
    panels.append(place);
    return addDrawing(place, alt, 360, markup);
  };
  const drawRun = panel(2, model.get("alt"), runMarkup);
  const drawSpacings = panel(1, "Histogram of the spacings of pairs, and the surmise.", pairMarkup);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Other machine", restart);
  restart();

  /** Is the noise small enough for predictions of first order? */
  function predictable() {
    return alpha / batch <= 1 / 200;
  }

  function begin(warm) {
    begun++;
    return { machine: machine(batch, normal, warm), age: 0, seen: [], lost: false };
  }

  function restart() {
    [count, lost, begun] = [0, 0, 0];
    end = Math.log10(500 / alpha);
    flows = MODES.map((i) => Array.from({ length: 61 }, (_, k) => {
      const updates = 10 ** ((end * k) / 60);
      return [Math.log10(updates), Math.sqrt(flow(i, alpha * updates, N * START ** 2))];
    }));
    hidden = null;
    shown = begin(false);
    // A whole run and some spacings at once, for those who want no motion.
    train(COLUMNS + 1, 150);
    measure(120);
    drawRun();
    drawSpacings();
    announce();
  }

  function time(column) {
    return Math.round(10 ** ((end * column) / COLUMNS));
  }

  function finished() {
    return shown.lost || shown.seen.length > COLUMNS;
  }

  /** The shown run, so many columns or milliseconds further. */
  function train(columns, patience) {
    const until = performance.now() + patience;
    for (const last = shown.seen.length + columns; !finished() && shown.seen.length < last; ) {
      if (performance.now() > until) return;
      if (shown.age === time(shown.seen.length)) {
        shown.seen.push(spectrum(shown.machine.weights));
      } else if (step(shown.machine, alpha)) {
        shown.age++;
      } else {
        shown.lost = true;
        lost++;
      }
    }
    rested = performance.now();
  }

  /** Machines out of sight, in equilibrium: they begin at the target and wait. */
  function measure(patience) {
    if (batch === Infinity) return;
    const until = performance.now() + patience;
    while (performance.now() < until && count < MOST) {
      if (!hidden) {
        hidden = begin(true);
        due = 6 * relaxation(alpha);
      }
      if (!step(hidden.machine, alpha)) {
        hidden = null;
        lost++;
      } else if (++hidden.age >= due) {
        store.set(spacings(spectrum(hidden.machine.weights)), 4 * count++);
        due += 3 * relaxation(alpha);
      }
    }
  }

  function frame() {
    const [before, running] = [count, !finished()];
    if (running) train(2, 4);
    else if (performance.now() > rested + 2000) shown = begin(false);
    measure(5);
    if (running) drawRun();
    if (count > before) drawSpacings();
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (count >= 2 * told.count || lost >= 2 * told.lost ||
      (batch === Infinity && running && finished())) announce();
  }

  function announce() {
    told = { count: Math.max(count, 4), lost: Math.max(lost, 1) };
    const setting = `α = ${alpha}, |B| = ${batch === Infinity ? "∞" : batch}`;
    if (batch === Infinity) {
      const most = Math.max(...spacings(shown.seen.at(-1)));
      const bound = power10(Math.ceil(Math.log10(Math.max(most, 1e-14))));
      status(`${setting}: exact gradients, no noise. After ${shown.age} updates all four ` +
        `spacings are below ${bound}: nothing keeps a pair apart.`);
      return;
    }
    const small = predictable();
    const means = PAIRS.map((i, pair) => {
      const values = store.subarray(0, 4 * count).filter((_, k) => k % 4 === pair);
      const mean = values.reduce((sum, s) => sum + s, 0) / count;
      const square = values.reduce((sum, s) => sum + (s - mean) ** 2, 0) / count;
      const error = Math.sqrt(square / (count - 1));
      const part = 1 + squeeze(i, alpha, batch);
      const predicted = Math.sqrt(Math.PI * variance(i, i, alpha, batch) * part);
      return `pair ${pair + 1} ${mean.toFixed(3)} ± ${error.toFixed(3)}` +
        (small ? ` (${predicted.toFixed(3)})` : "");
    });
    status(`${setting}. ` + (count < 4 ? "Hardly any spacing measured yet." :
      "Mean spacing" +
      (small ? " (and its prediction to first order: √π σᵢ, squeezed by neighbours)" : "") +
      `: ${means.join(", ")}; from ${count} snapshots of machines that began at the target and ` +
      `forgot it.${small ? "" : " α/|B| is too large for a prediction of first order."}`) +
      (lost ? ` ${lost} of ${begun} machines diverged: a level reached µ² = 9, where no density ` +
        `is left. Others took their place${count < 4 ? "" : "; means are over those that survive"}.`
        : ""));
  }

  function runMarkup(width, height) {
    const { seen } = shown;
    const strip = 0.2 * end; // of the axis, for the start
    const wall = shown.lost || seen.some((x) => x[N - 1] > 6);
    const { X, Y, markup } = axes(width, height, {
      x: [-strip, end], y: [0, wall ? 3.05 : 2.45], xLabel: "updates", yLabel: "levels of W Wᵀ",
      xTicks: [[-0.6 * strip, "start"], ...[0, 1, 2, 3, 4].filter((k) => k < end).map((k) =>
        [k, power10(k)])],
      yTicks: [0, 0.1, 0.5, 1, 2, 3, 4, 5, ...(wall ? [7, 9] : [])].map((x) => [Math.sqrt(x), x]),
    });
    const bands = !predictable() ? [] : MODES.map((i) => {
      const sigma = Math.sqrt(variance(i, i, alpha, batch));
      const [low, high] = [-sigma, sigma].map((off) => Y(Math.sqrt(Math.max(TARGETS[i] + off, 0))));
      return `<path d="M${X(end / 2)} ${(low + high) / 2}H${X(end)}" stroke="${THEORY}" ` +
        `stroke-opacity="0.25" stroke-width="${Math.max(low - high, 1).toFixed(1)}"/>`;
    });
    const lines = Array.from({ length: N }, (_, i) => line(seen.map((x, k) =>
      [X(Math.log10(time(k))), Y(Math.sqrt(x[i]))]), thin));
    // On an axis of roots the law of Marchenko and Pastur is a quarter of a circle.
    const reach = (density) => X(-strip) + 0.43 * (X(0) - X(-strip)) * density * edge;
    const law = curve(0, Math.PI / 2, (angle) =>
      [reach((4 * Math.cos(angle)) / (Math.PI * edge)), Y(edge * Math.sin(angle))], theory);
    const bin = (1.25 * edge) / starts.length;
    const outline = starts.map((number, k) =>
      `H${reach(number / (200 * N * bin)).toFixed(1)}V${Y((k + 1) * bin).toFixed(1)}`).join("");
    const cross = `<text x="${X(Math.log10(shown.age + 1))}" y="${Y(3) + 6}" font-size="18" ` +
      'text-anchor="middle" fill="currentColor">✕</text>';
    return markup + bands.join("") +
      flows.map((points) => line(points.map(([t, s]) => [X(t), Y(s)]), dashed)).join("") +
      lines.join("") + `<path d="M${X(-strip)} ${Y(0)}${outline}H${X(-strip)}Z" fill="${DATA}" ` +
      'fill-opacity="0.5"/>' + law +
      (wall ? line([[X(0), Y(3)], [X(end), Y(3)]], dotted) : "") + (shown.lost ? cross : "") +
      legend(X(-strip) + 10, wall ? 34 : 20, [["one machine", thin], ["exact flow", dashed],
        ["Marchenko–Pastur", theory],
        ...(bands.length ? [["target ± σᵢ",
          `stroke="${THEORY}" stroke-opacity="0.25" stroke-width="8"`]] : [])]);
  }

  function pairMarkup(width, height) {
    const [far, top] = [3.5, 1.25];
    const { X, Y, markup } = axes(width, height, {
      x: [0, far], y: [0, top], xLabel: "spacing / mean", yLabel: "density",
      xTicks: [0, 1, 2, 3].map((s) => [s, s]), yTicks: [0, 0.5, 1].map((p) => [p, p]),
    });
    const means = PAIRS.map((_, pair) => store.subarray(0, 4 * count).reduce((sum, s, k) =>
      (k % 4 === pair ? sum + s : sum), 0) / count);
    const counts = Array(BINS).fill(0);
    for (let k = 0; k < 4 * count; k++) {
      const s = store[k] / means[k % 4];
      if (s < far) counts[Math.floor((s / far) * BINS)]++;
    }
    const heights = counts.map((number) => Math.min((number * BINS) / (4 * count * far || 1), top));
    return markup + histogramPath(X, Y, 0, far, heights, 0.5) +
      curve(0, far, (s) => [X(s), Y(Math.exp(-s))], dotted) +
      curve(0, far, (s) => [X(s), Y(spacingDensity(1, s))], theory) +
      legend(X(0.9), 20, [["surmise", theory], ["independent", dotted]]);
  }
}
