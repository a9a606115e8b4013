// Levels of small random matrices: spacings of neighbours, in units of their mean, against the law
// of two levels.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, legend, line } from "./stage.js";

const MOST = 2 ** 17;
const END = 3.5;
const BINS = 70;
const SHOWN = 24;
const CLASSES = ["independent", "symmetric (β = 1)", "hermitian (β = 2)"];
const SUBSCRIPTS = ["₁", "₂", "₃"];

/** The error function, by a series of positive terms. */
export function erf(x) {
  let term = x;
  let sum = 0;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    sum += term;
    term *= (2 * x * x) / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

// Spacing of two levels: length of a normal vector of beta + 1 components, whose mean is
const MEANS = [Math.sqrt(2 / Math.PI), Math.sqrt(Math.PI / 2), Math.sqrt(8 / Math.PI)];

/** Density of the spacing s of two levels, of mean one; beta is 0 (independent), 1 or 2. */
export function density(beta, s) {
  const x = MEANS[beta] * s;
  const norm = beta === 1 ? 1 : Math.sqrt(2 / Math.PI);
  return norm * MEANS[beta] * x ** beta * Math.exp((-x * x) / 2);
}

/** Its distribution function. */
export function distribution(beta, s) {
  const x = MEANS[beta] * s;
  if (beta === 1) return -Math.expm1((-x * x) / 2);
  const half = x > 8 ? 1 : erf(x / Math.SQRT2);
  return beta ? half - Math.sqrt(2 / Math.PI) * x * Math.exp((-x * x) / 2) : half;
}

/**
 * A matrix of normal numbers, rows of a real symmetric one. A complex hermitian A + iB is written
 * as [[A, -B], [B, A]], which has each level twice. Only the diagonal, if levels are independent.
 */
export function draw(n, beta, normal) {
  const size = beta === 2 ? 2 * n : n;
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      if (beta === 0 && j < i) continue;
      const real = i === j ? normal() : normal() * Math.SQRT1_2;
      rows[i][j] = rows[j][i] = real;
      if (beta < 2) continue;
      rows[n + i][n + j] = rows[n + j][n + i] = real;
      if (i === j) continue;
      const imaginary = normal() * Math.SQRT1_2;
      rows[n + i][j] = rows[j][n + i] = imaginary;
      rows[n + j][i] = rows[i][n + j] = -imaginary;
    }
  }
  return rows;
}

/** Levels of a real symmetric matrix, ascending, by Jacobi's rotations; the matrix is used up. */
export function levels(a) {
  const size = a.length;
  for (;;) {
    let diagonal = 0;
    let rest = 0;
    for (let p = 0; p < size; p++) {
      diagonal += a[p][p] ** 2;
      for (let q = 0; q < p; q++) rest += a[p][q] ** 2;
    }
    if (rest <= 1e-24 * diagonal) break;
    for (let p = 1; p < size; p++) {
      for (let q = 0; q < p; q++) {
        if (a[p][q] === 0) continue;
        const slope = (a[p][p] - a[q][q]) / (2 * a[p][q]);
        const t = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
        const c = 1 / Math.hypot(1, t);
        const s = c * t;
        for (let k = 0; k < size; k++) {
          const [u, v] = [a[k][q], a[k][p]];
          a[k][q] = c * u - s * v;
          a[k][p] = s * u + c * v;
        }
        for (let k = 0; k < size; k++) {
          const [u, v] = [a[q][k], a[p][k]];
          a[q][k] = c * u - s * v;
          a[p][k] = s * u + c * v;
        }
      }
    }
  }
  return Float64Array.from(a, (row, p) => row[p]).sort();
}

/** Levels of one matrix of a class, each once. */
export const spectrum = (n, beta, normal) =>
  levels(draw(n, beta, normal)).filter((_, k) => beta < 2 || k % 2 === 0);

/** Kolmogorov-Smirnov distance of spacings from the law of two levels. */
export function distance(spacings, beta) {
  const sorted = Float64Array.from(spacings).sort();
  return sorted.reduce((largest, s, k) => {
    const law = distribution(beta, s);
    return Math.max(largest, law - k / sorted.length, (k + 1) / sorted.length - law);
  }, 0);
}

export function render({ model, el }) {
  let n = model.get("levels");
  let beta = model.get("beta");
  const normal = gaussian(model.get("seed"));
  const store = new Float64Array(MOST);
  let count, sums, first, announceAt;

  const row = addRow(el);
  addSlider(row, { label: "levels N", min: 2, max: 8, step: 1, value: n, show: String },
    (v) => { n = v; restart(); });
  addSlider(row, { label: "matrices", min: 0, max: 2, step: 1, value: beta,
    show: (v) => CLASSES[v] }, (v) => { beta = v; restart(); });
  const redraw = addDrawing(el, model.get("alt"), 320, markup);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Other matrices", restart);
  restart();

  function restart() {
    count = 0;
    sums = new Float64Array(n - 1);
    first = [];
    announceAt = 2000;
    while (count < 1000) collect();
    redraw();
    announce();
  }

  function collect() {
    const x = spectrum(n, beta, normal);
    if (first.length < SHOWN) first.push(x);
    for (let k = 1; k < n; k++) {
      sums[k - 1] += x[k] - x[k - 1];
      store[count++] = x[k] - x[k - 1];
    }
  }

  /** Each spacing in units of the mean of those at its place in the spectrum. */
  function spacings() {
    const means = sums.map((sum) => (sum * (n - 1)) / count);
    return store.subarray(0, count).map((value, k) => value / means[k % (n - 1)]);
  }

  function frame() {
    if (count + n > MOST) return;
    for (const end = performance.now() + 6; performance.now() < end && count + n <= MOST; ) {
      collect();
    }
    redraw();
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (count >= announceAt) announce();
  }

  function announce() {
    while (count >= announceAt) announceAt *= 2;
    status(`${count} spacings. Kolmogorov-Smirnov distance from the law of two levels, ` +
      `χ${SUBSCRIPTS[beta]}: ${distance(spacings(), beta).toFixed(4)}. Chance alone makes it ` +
      `about ${(0.87 / Math.sqrt(count)).toFixed(4)}.` +
      (n === 2 ? " For N = 2 the law is exact." : ""));
  }

  function markup(width, height) {
    const side = Math.min(220, width / 3);
    const top = 1.25;
    const { X, Y, markup: frame } = axes(width - side, height, {
      x: [0, END], y: [0, top], xLabel: "spacing / mean", yLabel: "density",
      xTicks: [0, 1, 2, 3].map((s) => [s, s]), yTicks: [0, 0.5, 1].map((p) => [p, p]),
    });
    const counts = new Float64Array(BINS);
    for (const s of spacings()) if (s < END) counts[Math.floor((s / END) * BINS)]++;
    const bars = Array.from(counts, (number, k) => {
      const level = Math.min((number * BINS) / (count * END), top);
      return `V${Y(level).toFixed(1)}H${X(((k + 1) * END) / BINS).toFixed(1)}`;
    }).join("");
    const curve = (law, style) => line(Array.from({ length: 141 }, (_, k) => {
      const s = (END * k) / 140;
      return [X(s), Y(law(s))];
    }), style);
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const independent = `stroke="${MUTED}" stroke-width="2" stroke-dasharray="2 4"`;

    // Beside it the first matrices, one a column, their levels as dots.
    const left = width - side + 20;
    const span = Math.max(...first.flatMap((x) => [-x[0], x[n - 1]]));
    const dots = first.map((x, k) => {
      const at = (left + ((k + 0.5) / SHOWN) * (side - 25)).toFixed(1);
      return Array.from(x, (value) => `<circle cx="${at}" r="2" fill="${DATA}" ` +
        `cy="${(height / 2 + 5 - (value / span) * (height / 2 - 55)).toFixed(1)}"/>`).join("");
    }).join("");
    return frame +
      `<path d="M${X(0)} ${Y(0)}${bars}V${Y(0)}Z" fill="${DATA}" fill-opacity="0.5"/>` +
      curve((s) => Math.exp(-s), independent) + curve((s) => density(beta, s), theory) +
      legend(X(1.5), 20, [
        [`two levels, χ${SUBSCRIPTS[beta]}`, theory],
        ["independent, exp(−s)", independent],
      ]) + dots +
      `<text x="${left + side / 2 - 12}" y="${height - 5}" text-anchor="middle" ` +
      `fill="currentColor">${SHOWN} matrices</text>`;
  }
}
