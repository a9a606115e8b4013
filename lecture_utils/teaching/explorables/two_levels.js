// Levels of small random matrices: spacings of neighbours, in units of their mean, against the law
// of two levels.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, histogramPath, legend, line } from "./stage.js";
import { distance, levels, spacingDensity, spacingDistribution } from "./spectra.js";

const MOST = 2 ** 17;
const END = 3.5;
const BINS = 70;
const SHOWN = 24;
const BETAS = [0, 1, 2, 4];
const CLASSES = ["independent", "symmetric (β = 1)", "hermitian (β = 2)", "quaternion (β = 4)"];
const SUBSCRIPTS = { 0: "₁", 1: "₂", 2: "₃", 4: "₅" };

// A quaternion as the real matrix that multiplies by it: place (a, b) holds component a XOR b with
// this sign. Its first two rows and columns are a complex number, the first one is a real number.
const SIGNS = [[1, -1, -1, -1], [1, 1, -1, 1], [1, 1, 1, -1], [1, -1, 1, 1]];

/**
 * A matrix of normal numbers, as rows of a real symmetric one, which has each level beta times.
 * Only the diagonal, if levels are independent.
 */
export function draw(n, beta, normal) {
  const size = beta || 1;
  const rows = Array.from({ length: size * n }, () => new Float64Array(size * n));
  for (let i = 0; i < n; i++) {
    for (let j = beta ? 0 : i; j <= i; j++) {
      const number = i === j ? [normal(), 0, 0, 0]
        : Array.from({ length: size }, () => normal() * Math.SQRT1_2);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) {
          const value = SIGNS[a][b] * number[a ^ b];
          rows[i * size + a][j * size + b] = rows[j * size + b][i * size + a] = value;
        }
      }
    }
  }
  return rows;
}

/** Levels of one matrix of a class, each once. */
export const spectrum = (n, beta, normal) =>
  levels(draw(n, beta, normal)).filter((_, k) => k % (beta || 1) === 0);

export function render({ model, el }) {
  let n = model.get("levels");
  let beta = model.get("beta");
  const normal = gaussian(model.get("seed"));
  const store = new Float64Array(MOST);
  let count, sums, first, announceAt;

  const row = addRow(el);
  addSlider(row, { label: "levels N", min: 2, max: 8, step: 1, value: n, show: String },
    (v) => { n = v; restart(); });
  addSlider(row, { label: "matrices", min: 0, max: 3, step: 1, value: BETAS.indexOf(beta),
    show: (v) => CLASSES[v] }, (v) => { beta = BETAS[v]; restart(); });
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
    const found = distance(spacings(), (s) => spacingDistribution(beta, s));
    status(`${count} spacings. Kolmogorov-Smirnov distance from the law of two levels, ` +
      `χ${SUBSCRIPTS[beta]}: ${found.toFixed(4)}. Chance alone makes it ` +
      `about ${(0.87 / Math.sqrt(count)).toFixed(4)}.` +
      (n === 2 ? " For N = 2 the law is exact." : ""));
  }

  function markup(width, height) {
    const side = Math.min(220, width / 3);
    const top = 1.35;
    const { X, Y, markup: frame } = axes(width - side, height, {
      x: [0, END], y: [0, top], xLabel: "spacing / mean", yLabel: "density",
      xTicks: [0, 1, 2, 3].map((s) => [s, s]), yTicks: [0, 0.5, 1].map((p) => [p, p]),
    });
    const counts = new Float64Array(BINS);
    for (const s of spacings()) if (s < END) counts[Math.floor((s / END) * BINS)]++;
    const heights = counts.map((number) => Math.min((number * BINS) / (count * END), top));
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
      histogramPath(X, Y, 0, END, heights, 0.5) +
      curve((s) => Math.exp(-s), independent) + curve((s) => spacingDensity(beta, s), theory) +
      legend(X(1.5), 20, [
        [`two levels, χ${SUBSCRIPTS[beta]}`, theory],
        ["independent, exp(−s)", independent],
      ]) + dots +
      ["levels of", `${SHOWN} matrices`].map((words, k) =>
        `<text x="${left + side / 2 - 12}" y="${height - 22 + 17 * k}" text-anchor="middle" ` +
        `fill="currentColor">${words}</text>`).join("");
  }
}
