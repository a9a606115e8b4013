// Levels of X = W^T W for matrices W of M rows and N columns, with independent entries of variance
// 1/M and perhaps a planted direction, against the law of Marchenko and Pastur; their largest level
// against two predictions.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, histogramPath, legend, line, ticks } from "./stage.js";
import { distance, levels } from "./spectra.js";

const MOST = 2 ** 17;
const BINS = 90;
const TOP = 1.3;
const SIZES = [16, 32, 64];

// Mean of the law of Tracy and Widom for real matrices.
const TRACY_WIDOM = -1.2065335745820;

const length = (a, b, c) => Math.sqrt(a * a + b * b + c * c);

// Entries of mean zero and variance one, from standard normal numbers: the height of a point on a
// sphere is uniform, and a normal number over the length of three others is Student's t. Cauchy's
// law has no variance: such a matrix is divided by its root mean square.
export const ENTRIES = [
  { name: "Gaussian", draw: (z) => z() },
  { name: "uniform", draw: (z) => {
    const height = z();
    return (Math.sqrt(3) * height) / length(height, z(), z());
  } },
  { name: "±1", draw: (z) => Math.sign(z()) },
  { name: "Student t, ν = 3", draw: (z) => z() / length(z(), z(), z()),
    control: " These entries have a variance, but no fourth moment: as matrices grow, the bulk " +
      "comes to follow the law, slowly, and the largest level does not." },
  { name: "Cauchy", draw: (z) => z() / z(),
    control: " These entries have no variance: nothing follows." },
];
const CAUCHY = ENTRIES.length - 1;

export const edges = (r) => [(1 - Math.sqrt(r)) ** 2, (1 + Math.sqrt(r)) ** 2];

/** Share of levels that are zero. */
export const atom = (r) => Math.max(1 - 1 / r, 0);

/** Density of the levels that are not zero. */
export function density(r, x) {
  const [low, high] = edges(r);
  return x > low && x < high ? Math.sqrt((x - low) * (high - x)) / (2 * Math.PI * r * x) : 0;
}

/** Share of levels up to x, zeros included. */
export function distribution(r, x) {
  if (x < 0) return 0;
  const root = Math.sqrt(r);
  const [low, high] = edges(r);
  const angle = 2 * Math.atan2(Math.sqrt(Math.max(x - low, 0)), Math.sqrt(Math.max(high - x, 0)));
  const turn = 2 * Math.atan2((1 + root) * Math.sin(angle / 2),
    Math.abs(1 - root) * Math.cos(angle / 2));
  const area = (1 + r) * angle + 2 * root * Math.sin(angle) - Math.abs(1 - r) * turn;
  return atom(r) + area / (2 * Math.PI * r);
}

/** Strength above which a planted direction leaves the bulk. */
export const threshold = (r) => r ** 0.25;

/** Where the level of a planted direction stands then, in large matrices. */
export const outlier = (r, strength) => ((1 + strength ** 2) * (r + strength ** 2)) / strength ** 2;

/** Mean of the largest level without it, after Tracy and Widom, Johnstone, and Ma. */
export function largest(rows, columns) {
  const [a, b] = [Math.sqrt(rows - 0.5), Math.sqrt(columns - 0.5)];
  return (a + b) * (a + b + TRACY_WIDOM * Math.cbrt(1 / a + 1 / b)) / rows;
}

/** The levels of one matrix that are not zero for want of rows. */
export function spectrum(rows, columns, kind, strength, normal) {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  const { draw } = ENTRIES[kind];
  const w = Array.from({ length: short }, () => new Float64Array(long));
  let square = 0;
  for (const vector of w) {
    for (let a = 0; a < long; a++) {
      vector[a] = draw(normal);
      square += vector[a] * vector[a];
    }
  }
  // The planted direction is that of all ones, which the entries do not know.
  const scale = kind === CAUCHY ? Math.sqrt(columns / square) : 1 / Math.sqrt(rows);
  const shift = strength / Math.sqrt(rows * columns);
  for (const vector of w) for (let a = 0; a < long; a++) vector[a] = scale * vector[a] + shift;
  const x = Array.from({ length: short }, () => new Float64Array(short));
  for (let i = 0; i < short; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      const [p, q] = [w[i], w[j]];
      for (let a = 0; a < long; a++) sum += p[a] * q[a];
      x[i][j] = x[j][i] = sum;
    }
  }
  return levels(x);
}

export function render({ model, el }) {
  let ratio = model.get("r");
  let columns = SIZES[1];
  let kind = 0;
  let strength = model.get("strength");
  const normal = gaussian(model.get("seed"));
  const store = new Float64Array(MOST);
  let rows, r, each, span, count, matrices, tops, squares, all, largestOnes, announceAt;

  const row = addRow(el);
  addSlider(row, { label: "r = N/M", min: 0.1, max: 2, step: 0.05, value: ratio,
    show: (v) => v.toFixed(2) }, (v) => { ratio = v; restart(); });
  addSlider(row, { label: "columns N", min: 0, max: SIZES.length - 1, step: 1,
    value: SIZES.indexOf(columns), show: (v) => String(SIZES[v]) },
  (v) => { columns = SIZES[v]; restart(); });
  addSlider(row, { label: "entries", min: 0, max: CAUCHY, step: 1, value: kind,
    show: (v) => ENTRIES[v].name }, (v) => { kind = v; restart(); });
  addSlider(row, { label: "signal θ", min: 0, max: 2, step: 0.05, value: strength,
    show: (v) => (v ? v.toFixed(2) : "none") }, (v) => { strength = v; restart(); });
  const redraw = addDrawing(el, model.get("alt"), 320, markup);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Other matrices", restart);
  restart();

  function restart() {
    rows = Math.round(columns / ratio);
    r = columns / rows;
    each = Math.min(rows, columns);
    span = 1.15 * Math.max(edges(r)[1], leaves() ? outlier(r, strength) : 0);
    count = matrices = tops = squares = 0;
    all = new Float64Array(BINS);
    largestOnes = new Float64Array(BINS);
    announceAt = 2000;
    while (count < 500) collect();
    redraw();
    announce();
  }

  function leaves() {
    return strength > threshold(r);
  }

  function collect() {
    const x = spectrum(rows, columns, kind, strength, normal);
    const bin = (value) => Math.floor((value / span) * BINS);
    for (const value of x) if (value < span) all[bin(value)]++;
    const top = x[each - 1];
    if (top < span) largestOnes[bin(top)]++;
    store.set(x, count);
    count += each;
    matrices++;
    tops += top;
    squares += top * top;
  }

  function frame() {
    if (count + each > MOST) return;
    for (const end = performance.now() + 6; performance.now() < end && count + each <= MOST; ) {
      collect();
    }
    redraw();
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (count >= announceAt) announce();
  }

  function predicted() {
    return leaves() ? outlier(r, strength) : largest(rows, columns);
  }

  function announce() {
    while (count >= announceAt) announceAt *= 2;
    const zeros = atom(r);
    const law = (x) => (distribution(r, x) - zeros) / (1 - zeros);
    const found = distance(store.subarray(0, count), law);
    const mean = tops / matrices;
    const error = Math.sqrt(Math.max(squares / matrices - mean * mean, 0) / (matrices - 1));
    const limit = threshold(r).toFixed(2);
    // For entries without a variance there is no such threshold.
    const planted = !strength || kind === CAUCHY ? "" : leaves()
      ? ` The planted direction is above its threshold ${limit}, and its level, one of ${each}, ` +
        `makes up to ${(1 / each).toFixed(3)} of the distance.`
      : ` The planted direction is below its threshold ${limit}: the larger the matrices, the ` +
        "more it is lost in the noise.";
    const premise = leaves() ? " in large matrices"
      : (kind ? " for Gaussian entries" : "") + (strength ? " without the signal" : "");
    status(`${matrices} matrices of ${rows} × ${columns}. Kolmogorov-Smirnov distance of their ` +
      `levels${zeros ? " above zero" : ""} from the law: ${found.toFixed(4)}. ` +
      `Largest level: ${mean.toFixed(3)} ± ${error.toPrecision(1)}, ` +
      `predicted: about ${predicted().toFixed(3)}${premise}, ` +
      `edge: ${edges(r)[1].toFixed(3)}.` + planted + (ENTRIES[kind].control ?? ""));
  }

  function markup(width, height) {
    const { X, Y, markup: frame } = axes(width, height, {
      x: [0, span], y: [0, TOP], xLabel: "level x", yLabel: "density",
      xTicks: ticks(0, span), yTicks: [0, 0.5, 1].map((p) => [p, p]),
    });
    const histogram = (counts, opacity) => histogramPath(X, Y, 0, span, counts.map((number) =>
      Math.min((number * BINS) / (matrices * columns * span), TOP)), opacity);
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const foretold = `stroke="${THEORY}" stroke-width="2.5" stroke-dasharray="5 3"`;
    const edge = `stroke="${MUTED}" stroke-width="2" stroke-dasharray="2 4"`;
    const [low, high] = edges(r);
    const curve = Array.from({ length: 161 }, (_, k) => {
      const x = (low + high - (high - low) * Math.cos((Math.PI * k) / 160)) / 2;
      return [X(x), Y(Math.min(density(r, x), TOP))];
    });
    const zeros = atom(r);
    return frame + histogram(all, 0.45) + histogram(largestOnes, 0.9) +
      (zeros ? line([[X(0), Y(0)], [X(0), Y(TOP)]], `stroke="${DATA}" stroke-width="6"`) : "") +
      line(curve, theory) +
      line([[X(high), Y(0)], [X(high), Y(0.35)]], edge) +
      line([[X(predicted()), Y(0)], [X(predicted()), Y(0.35)]], foretold) +
      legend(width - 190, 20, [
        ["Marchenko-Pastur", theory],
        ["its edge", edge],
        ["all levels", `stroke="${DATA}" stroke-opacity="0.45" stroke-width="10"`],
        ["largest of each", `stroke="${DATA}" stroke-opacity="0.9" stroke-width="10"`],
        ["predicted mean", foretold],
        ...(zeros ? [[`zeros, ${Math.round(100 * zeros)} %`,
          `stroke="${DATA}" stroke-width="6"`]] : []),
      ]);
  }
}
