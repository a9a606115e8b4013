// Dyson Brownian motion: levels leave the origin, held by springs (Omega), shaken at temperature
// T = g^2, and pushed apart by beta T/(x_i - x_j).
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, histogramPath, legend, line } from "./stage.js";
import { distance, spacingDensity, spacingDistribution } from "./spectra.js";

const END = 3;
const COLUMNS = 300;
const SUBSTEPS = 4;
const BINS = 40;
const MOST = 2 ** 16;
const FAR = 3.5;
const ROOM = 1.4;
const BETAS = [0, 1, 2, 4];

/** Variance of a level on its own at time t. */
export const spread = (temperature, omega, t) =>
  omega ? (-temperature * Math.expm1(-2 * omega * t)) / omega : 2 * temperature * t;

/** Radius of the spectrum at time t; without repulsion that for beta = 1, to compare with. */
export const edge = (levels, temperature, omega, beta, t) =>
  Math.sqrt(2 * (beta || 1) * levels * spread(temperature, omega, t));

/** Sum of the squares of so many normal numbers. */
function chiSquare(freedom, normal) {
  let sum = 0;
  for (let k = 0; k < freedom; k++) sum += normal() ** 2;
  return sum;
}

/**
 * One step of all levels (ascending). Each pair is pushed as if it were alone: noise makes its
 * distance a Bessel process, S'^2 = (S + n z)^2 + n^2 chi^2_beta, however close the two are. Of a
 * pair that others separate the mean push is enough.
 */
export function step(x, dt, temperature, omega, beta, normal) {
  const noise = Math.sqrt(2 * temperature * dt);
  for (let i = 0; i < x.length; i++) x[i] += noise * normal() - omega * x[i] * dt;
  // Without repulsion the lines may cross: then a level keeps its identity.
  if (beta === 0) return;
  x.sort();
  const move = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const gap = x[i] - x[j];
      const square = j === i - 1 ? chiSquare(beta, normal) : beta;
      const push = (Math.sqrt(gap * gap + 4 * temperature * dt * square) - gap) / 2;
      move[i] += push;
      move[j] -= push;
    }
  }
  for (let i = 0; i < x.length; i++) x[i] += move[i];
  x.sort();
}

/** Density of a gap s in units of its mean: the surmise, or that of independent levels. */
export const gapDensity = (beta, s) => (beta ? spacingDensity(beta, s) : Math.exp(-s));

/** Its distribution function. */
export const gapDistribution = (beta, s) => (beta ? spacingDistribution(beta, s) : -Math.expm1(-s));

const digits = (value) => value.toPrecision(3);

export function render({ model, el }) {
  let n = model.get("levels");
  let temperature = model.get("temperature");
  let omega = 1;
  let beta = 1;
  const normal = gaussian(model.get("seed"));
  const gaps = new Float64Array(MOST);
  let shown, hidden, counts, fans, outermost, squares, sums;

  const row = addRow(el);
  addSlider(row, { label: "levels N", min: 2, max: 30, step: 1, value: n,
    show: String }, (v) => { n = v; restart(); });
  addSlider(row, { label: "noise g²", min: 0.1, max: 2, step: 0.1, value: temperature,
    show: (v) => v.toFixed(1) }, (v) => { temperature = v; restart(); });
  addSlider(row, { label: "springs Ω", min: 0, max: 2, step: 0.1, value: omega,
    show: (v) => v.toFixed(1) }, (v) => { omega = v; restart(); });
  addSlider(row, { label: "repulsion β", min: 0, max: 3, step: 1, value: BETAS.indexOf(beta),
    show: (v) => String(BETAS[v] || "off") }, (v) => { beta = BETAS[v]; restart(); });
  const redrawFan = addDrawing(el, model.get("alt"), 320, fanMarkup);
  const redrawGaps = addDrawing(el, "Histogram of the gaps between neighbours at the end, in " +
    "units of their mean, on its law.", 210, gapMarkup);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Start again", restart);
  restart();

  function restart() {
    counts = new Float64Array(BINS);
    sums = new Float64Array(n - 1);
    fans = outermost = squares = 0;
    shown = [new Float64Array(n)];
    hidden = [new Float64Array(n)];
    // A whole fan and the ends of others: something to see for those who want no motion.
    while (shown.length <= COLUMNS) shown = advance(shown);
    while (fans < 8) hidden = advance(hidden);
    redraw();
    announce();
  }

  function redraw() {
    redrawFan();
    redrawGaps();
  }

  function full() {
    return (fans + 1) * (n - 1) > MOST;
  }

  function span() {
    return ROOM * edge(n, temperature, omega, beta, END);
  }

  /** The fan one column of the figure later; a finished fan is counted, and a new one begins. */
  function advance(fan) {
    if (fan.length > COLUMNS) {
      if (!full()) count(fan[COLUMNS]);
      return [new Float64Array(n)];
    }
    const x = fan[fan.length - 1].slice();
    for (let k = 0; k < SUBSTEPS; k++) {
      step(x, END / COLUMNS / SUBSTEPS, temperature, omega, beta, normal);
    }
    fan.push(x);
    return fan;
  }

  function count(ends) {
    const x = ends.slice().sort();
    for (const value of x) {
      const bin = Math.floor(((value + span()) / (2 * span())) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin]++;
    }
    for (let k = 1; k < n; k++) {
      gaps[fans * (n - 1) + k - 1] = x[k] - x[k - 1];
      sums[k - 1] += x[k] - x[k - 1];
    }
    fans++;
    outermost += x[n - 1];
    squares += x[n - 1] ** 2;
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (fans > 8 && Number.isInteger(Math.log2(fans))) announce();
  }

  /** Each gap in units of the mean of those at its place. */
  function relativeGaps() {
    return gaps.subarray(0, fans * (n - 1)).map((gap, k) => (gap * fans) / sums[k % (n - 1)]);
  }

  function frame() {
    for (let k = 0; k < 2; k++) shown = advance(shown);
    // One fan is shown; others run out of sight and fill the histograms.
    for (const end = performance.now() + 4; performance.now() < end && !full(); ) {
      hidden = advance(hidden);
    }
    redraw();
  }

  function announce() {
    const mean = outermost / fans;
    const error = Math.sqrt(Math.max(squares / fans - mean * mean, 0) / (fans - 1));
    const found = distance(relativeGaps(), (s) => gapDistribution(beta, s));
    status(`Largest level at the end, mean of ${fans} fans: ${digits(mean)} ± ` +
      `${error.toPrecision(1)}. Edge for many levels${beta ? "" : " that repel (β = 1)"}: ` +
      `${digits(edge(n, temperature, omega, beta, END))}. Gaps: Kolmogorov-Smirnov distance from ` +
      `${beta ? `the surmise for β = ${beta}` : "exp(−s), of many levels"}: ` +
      `${found.toFixed(3)}. Chance alone makes it about ` +
      `${(0.87 / Math.sqrt(fans * (n - 1))).toFixed(3)}.`);
  }

  function fanMarkup(width, height) {
    const reach = span();
    const side = Math.min(150, width / 4);
    const tick = (value) => [value, Number(value.toPrecision(2))];
    const { X, Y, markup } = axes(width - side, height, {
      x: [0, END], y: [-reach, reach], xLabel: "time t", yLabel: "level x",
      xTicks: [0, 1, 2, 3].map(tick), yTicks: [-reach / ROOM, 0, reach / ROOM].map(tick),
    });
    const thin = `stroke="${DATA}" stroke-width="1.2"`;
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const lines = Array.from({ length: n }, (_, i) =>
      line(shown.map((levels, k) => [X((k * END) / COLUMNS), Y(levels[i])]), thin)).join("");
    const curve = (sign) => line(Array.from({ length: 101 }, (_, k) => {
      const t = END * (k / 100) ** 2;
      return [X(t), Y(sign * edge(n, temperature, omega, beta, t))];
    }), theory);

    // The side histogram: densities in units of the top of the semicircle or of the Gaussian.
    const radius = edge(n, temperature, omega, beta, END);
    const variance = spread(temperature, omega, END);
    const base = width - side + 6;
    const unit = 0.45 * (side - 10);
    const bin = (2 * reach) / BINS;
    const peak = beta ? 2 / (Math.PI * radius) : 1 / Math.sqrt(2 * Math.PI * variance);
    const shape = (x) => beta ? Math.sqrt(Math.max(1 - (x / radius) ** 2, 0))
      : Math.exp((-x * x) / (2 * variance));
    const ends = Array.from(counts, (count, i) => {
      const long = base + Math.min(count / (fans * n * bin * peak), 2.1) * unit;
      return `H${long.toFixed(1)}V${Y(-reach + (i + 1) * bin).toFixed(1)}`;
    }).join("");
    const law = line(Array.from({ length: 101 }, (_, k) => {
      const x = (beta ? radius : reach) * Math.sin(Math.PI * (k / 100 - 0.5));
      return [base + unit * shape(x), Y(x)];
    }), theory);
    return markup + lines + curve(1) + curve(-1) +
      `<path d="M${base} ${Y(-reach)}${ends}H${base}Z" fill="${DATA}" fill-opacity="0.5"/>` +
      `<path d="M${base} ${Y(-reach)}V${Y(reach)}" stroke="${MUTED}"/>` + law +
      legend(X(0) + 12, 20, [["levels", thin],
        [beta ? "edge, semicircle" : "edge, β = 1; Gaussian", theory]]);
  }

  function gapMarkup(width, height) {
    const top = beta === 4 ? 1.4 : 1.1;
    const { X, Y, markup } = axes(width, height, {
      x: [0, FAR], y: [0, top], xLabel: "gap at the end / its mean", yLabel: "density",
      xTicks: [0, 1, 2, 3].map((s) => [s, s]), yTicks: [0, 0.5, 1].map((p) => [p, p]),
    });
    const heights = new Float64Array(BINS);
    const relative = relativeGaps();
    for (const s of relative) {
      if (s < FAR) heights[Math.floor((s / FAR) * BINS)] += BINS / (FAR * relative.length);
    }
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const law = Array.from({ length: 141 }, (_, k) => {
      const s = (FAR * k) / 140;
      return [X(s), Y(gapDensity(beta, s))];
    });
    return markup + histogramPath(X, Y, 0, FAR, heights.map((height) => Math.min(height, top)), 0.5) +
      line(law, theory) + legend(X(1), 20, [
      [beta ? `surmise for β = ${beta}` : "independent, exp(−s)", theory]]);
  }
}
