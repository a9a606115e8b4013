// Dyson Brownian motion: levels leave the origin, held by springs (Omega = 1), shaken at temperature
// T = g^2, and pushed apart by T/(x_i - x_j), or not.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, legend, line } from "./stage.js";

const END = 3;
const COLUMNS = 300;
const SUBSTEPS = 4;
const BINS = 40;

/** Radius of the spectrum at time t: sqrt(2 T N (1 - exp(-2 t))). */
export const edge = (levels, temperature, t) =>
  Math.sqrt(2 * temperature * levels * -Math.expm1(-2 * t));

/** One step of all levels (ascending). Gaps below half the noise push as if they were as wide. */
export function step(x, dt, temperature, beta, normal) {
  const noise = Math.sqrt(2 * temperature * dt);
  const smallest = noise / 2;
  const force = x.map((value) => -value);
  if (beta > 0) {
    for (let i = 1; i < x.length; i++) {
      for (let j = 0; j < i; j++) {
        const push = (beta * temperature) / Math.max(x[i] - x[j], smallest);
        force[i] += push;
        force[j] -= push;
      }
    }
  }
  for (let i = 0; i < x.length; i++) x[i] += force[i] * dt + noise * normal();
  // Without repulsion the lines may cross: then a level keeps its identity.
  if (beta > 0) x.sort();
}

const digits = (value) => value.toPrecision(3);

export function render({ model, el }) {
  let n = model.get("levels");
  let temperature = model.get("temperature");
  let beta = 1;
  const normal = gaussian(model.get("seed"));
  let shown, hidden, counts, fans, outermost, squares;

  const row = addRow(el);
  addSlider(row, { label: "levels N", min: 2, max: 30, step: 1, value: n,
    show: String }, (v) => { n = v; restart(); });
  addSlider(row, { label: "temperature T = g²/Ω", min: 0.1, max: 2, step: 0.1, value: temperature,
    show: (v) => v.toFixed(1) }, (v) => { temperature = v; restart(); });
  addSlider(row, { label: "repulsion", min: 0, max: 1, step: 1, value: beta,
    show: (v) => (v ? "on (β = 1)" : "off (β = 0)") }, (v) => { beta = v; restart(); });
  const redraw = addDrawing(el, model.get("alt"), 340, draw);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Start again", restart);
  restart();

  function restart() {
    counts = new Float64Array(BINS);
    fans = outermost = squares = 0;
    shown = [new Float64Array(n)];
    hidden = [new Float64Array(n)];
    // A whole fan at once: there is something to see for those who want no motion.
    while (shown.length <= COLUMNS) shown = advance(shown);
    redraw();
    announce();
  }

  /** The fan one column of the figure later; a finished fan is counted, and a new one begins. */
  function advance(fan) {
    if (fan.length > COLUMNS) {
      count(fan[COLUMNS]);
      return [new Float64Array(n)];
    }
    const x = fan[fan.length - 1].slice();
    for (let k = 0; k < SUBSTEPS; k++) step(x, END / COLUMNS / SUBSTEPS, temperature, beta, normal);
    fan.push(x);
    return fan;
  }

  function count(x) {
    const span = 1.3 * edge(n, temperature, Infinity);
    for (const value of x) {
      const bin = Math.floor(((value + span) / (2 * span)) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin]++;
    }
    const top = Math.max(...x);
    fans++;
    outermost += top;
    squares += top * top;
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (fans >= 4 && Number.isInteger(Math.log2(fans))) announce();
  }

  function frame() {
    for (let k = 0; k < 2; k++) shown = advance(shown);
    // One fan is shown; others run out of sight and fill the histogram.
    for (const end = performance.now() + 8; performance.now() < end; ) hidden = advance(hidden);
    redraw();
  }

  function announce() {
    const radius = digits(edge(n, temperature, END));
    if (fans < 4) {
      status(`Edge at the end, √(2TN(1−e⁻²ᵗ)): ${radius}.`);
      return;
    }
    const mean = outermost / fans;
    const error = Math.sqrt(Math.max(squares / fans - mean * mean, 0) / (fans - 1));
    status(`Largest level at the end, mean of ${fans} fans: ${digits(mean)} ± ` +
      `${error.toPrecision(1)}. Edge for many levels: ${radius}.` +
      (beta ? "" : " Without repulsion the edge stays empty: only diffusion is left."));
  }

  function draw(width, height) {
    const span = 1.3 * edge(n, temperature, Infinity);
    const side = Math.min(150, width / 4);
    const tick = (value) => [value, Number(value.toPrecision(2))];
    const { X, Y, markup } = axes(width - side, height, {
      x: [0, END], y: [-span, span], xLabel: "time Ωt", yLabel: "level x",
      xTicks: [0, 1, 2, 3].map(tick), yTicks: [-span / 1.3, 0, span / 1.3].map(tick),
    });
    const thin = `stroke="${DATA}" stroke-width="1.2"`;
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const lines = Array.from({ length: n }, (_, i) =>
      line(shown.map((levels, k) => [X((k * END) / COLUMNS), Y(levels[i])]), thin)).join("");
    const curve = (sign) => line(Array.from({ length: 101 }, (_, k) => {
      const t = END * (k / 100) ** 2;
      return [X(t), Y(sign * edge(n, temperature, t))];
    }), theory);

    // The side histogram: densities in units of the semicircle's top.
    const radius = edge(n, temperature, END);
    const base = width - side + 6;
    const unit = 0.45 * (side - 10);
    const bin = (2 * span) / BINS;
    const peak = 2 / (Math.PI * radius);
    const bars = Array.from(counts, (count, i) => {
      const density = fans ? count / (fans * n * bin) : 0;
      const reach = base + Math.min(density / peak, 2.1) * unit;
      return `H${reach.toFixed(1)}V${Y(-span + (i + 1) * bin).toFixed(1)}`;
    }).join("");
    const semicircle = line(Array.from({ length: 101 }, (_, k) => {
      const value = radius * Math.sin(Math.PI * (k / 100 - 0.5));
      return [base + unit * Math.sqrt(1 - (value / radius) ** 2), Y(value)];
    }), theory);
    return markup + lines + curve(1) + curve(-1) +
      `<path d="M${base} ${Y(-span)}${bars}H${base}Z" fill="${DATA}" fill-opacity="0.5"/>` +
      `<path d="M${base} ${Y(-span)}V${Y(span)}" stroke="${MUTED}"/>` + semicircle +
      legend(X(0) + 12, 20, [["levels", thin], ["edge, semicircle", theory]]);
  }
}
