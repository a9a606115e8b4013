// Many learners minimise (w x - y)^2 / 2 by stochastic gradient descent. The input x and the label y
// are independent standard normal numbers, so the best w is 0, Omega = <x^2> = 1 and the variance of
// the gradient of one sample at w = 0 is V = <x^2 y^2> = 1.
import { DATA, MUTED, THEORY, addButton, addDrawing, addLoop, addRow, addSlider, addStatus, axes,
  gaussian, legend, line, ticks } from "./stage.js";

const LEARNERS = 300;
const FAR = 1e6;
const BINS = 60;

/** The three predictions for the stationary variance of w. */
export function variances(rate, batch) {
  const stability = 2 - rate * (1 + 2 / batch);
  return {
    leading: rate / (2 * batch),
    constant: rate / (batch * (2 - rate)),
    exact: stability > 0 ? rate / (batch * stability) : Infinity,
  };
}

/** Learning rate from which on the variance of w has no finite value. */
export const largestRate = (batch) => 2 / (1 + 2 / batch);

/** One update of every learner in `w`, each with its own fresh mini-batch. */
export function step(w, rate, batch, normal) {
  for (let i = 0; i < w.length; i++) {
    let gradient = 0;
    for (let b = 0; b < batch; b++) {
      const x = normal();
      const y = normal();
      gradient += (w[i] * x - y) * x;
    }
    w[i] -= (rate * gradient) / batch;
  }
}

const density = (w, variance) =>
  Math.exp((-w * w) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);

const digits = (value) => value.toPrecision(3);

export function render({ model, el }) {
  let rate = model.get("learning_rate");
  let batch = model.get("batch_size");
  const normal = gaussian(model.get("seed"));
  const w = new Float64Array(LEARNERS);
  let counts, total, squares, away, wait, span, announceAt;

  const row = addRow(el);
  addSlider(row, { label: "learning rate α", min: 0.02, max: 1.9, step: 0.02, value: rate,
    show: (v) => v.toFixed(2) }, (v) => { rate = v; restart(); });
  addSlider(row, { label: "batch size |B|", min: 0, max: 6, step: 1, value: Math.log2(batch),
    show: (v) => String(2 ** v) }, (v) => { batch = 2 ** v; restart(); });
  const redraw = addDrawing(el, model.get("alt"), 320, draw);
  const status = addStatus(el);
  addLoop(el, row, frame, announce);
  addButton(row, "Start again", restart);
  restart();

  function restart() {
    w.fill(0);
    counts = new Float64Array(BINS);
    total = squares = away = 0;
    announceAt = 4 * LEARNERS;
    // Relaxation takes 1/rate steps: measure after ten of these times.
    wait = Math.ceil(10 / rate);
    const { constant, exact } = variances(rate, batch);
    span = 4 * Math.sqrt(Number.isFinite(exact) ? exact : constant);
    redraw();
    announce();
  }

  function frame() {
    for (const end = performance.now() + 6; performance.now() < end; ) {
      step(w, rate, batch, normal);
      // A learner that has run away comes back to the start, so that there is something to see.
      for (let i = 0; i < LEARNERS; i++) if (!(Math.abs(w[i]) < FAR)) { w[i] = 0; away++; }
      if (wait-- > 0) continue;
      for (const value of w) {
        const bin = Math.floor(((value + span) / (2 * span)) * BINS);
        if (bin >= 0 && bin < BINS) counts[bin]++;
        squares += value * value;
      }
      total += LEARNERS;
    }
    redraw();
    // Each announcement rests on twice the data of the last: the text settles as the value does.
    if (total >= announceAt) announce();
  }

  function announce() {
    if (total >= announceAt) announceAt *= 2;
    const { leading, constant, exact } = variances(rate, batch);
    const measured = total ? digits(squares / total) : "not yet known";
    const theory = Number.isFinite(exact)
      ? `exact ${digits(exact)}`
      : `exact: no finite value, because α is not below ${digits(largestRate(batch))}`;
    const heavy = Number.isFinite(exact) && exact > 2 * constant
      ? " Heavy tails: rare excursions carry the variance, and short runs miss them." : "";
    const lost = away ? ` Diverging: ${away} learners ran away and were put back.` : "";
    const measure = Number.isFinite(exact) ? "Measured variance" : "Variance so far (grows with time)";
    status(`${measure}: ${measured}. Predicted: ${theory}, constant noise ${digits(constant)}, ` +
      `leading order ${digits(leading)}.${heavy}${lost}`);
  }

  function draw(width, height) {
    const { leading, constant, exact } = variances(rate, batch);
    const top = 1.6 * density(0, leading);
    const { X, Y, markup } = axes(width, height, {
      x: [-span, span], y: [0, top], xLabel: "weight w", yLabel: "density",
      xTicks: ticks(-span, span), yTicks: ticks(0, top),
    });
    const bin = (2 * span) / BINS;
    const bars = Array.from(counts, (count, i) => {
      const level = Y(Math.min(total ? count / (total * bin) : 0, top)).toFixed(1);
      return `V${level}H${X(-span + (i + 1) * bin).toFixed(1)}`;
    }).join("");
    const curve = (variance, style) =>
      line(Array.from({ length: 161 }, (_, i) => {
        const value = span * (i / 80 - 1);
        return [X(value), Y(density(value, variance))];
      }), style);
    const styles = {
      leading: `stroke="${MUTED}" stroke-width="2" stroke-dasharray="2 4"`,
      constant: `stroke="currentColor" stroke-width="1.5" stroke-dasharray="8 4"`,
      exact: `stroke="${THEORY}" stroke-width="2.5"`,
    };
    const curves = [
      ...(Number.isFinite(exact) ? [["Gaussian of exact variance", exact, styles.exact]] : []),
      ["constant noise", constant, styles.constant],
      ["leading order", leading, styles.leading],
    ];
    return markup +
      `<path d="M${X(-span)} ${Y(0)}${bars}V${Y(0)}Z" fill="${DATA}" fill-opacity="0.5"/>` +
      curves.map(([, variance, style]) => curve(variance, style)).reverse().join("") +
      legend(X(-span) + 12, 20, [
        ["SGD", `stroke="${DATA}" stroke-opacity="0.5" stroke-width="10"`],
        ...curves.map(([name, , style]) => [name, style]),
      ]);
  }
}
