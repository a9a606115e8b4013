// A signal on its way through random tanh networks without biases: the mean square of the
// pre-activations, layer by layer, against the recursion of an infinitely wide network.
import { DATA, THEORY, addButton, addDrawing, addRow, addSlider, addStatus, axes, gaussian, legend,
  line } from "./stage.js";

const LAYERS = 10;
const NETWORKS = 20;
const LOWEST = 1e-7;

/** E[tanh(sqrt(q) g)^2] for standard normal g. The trapezoid rule is exact here to many digits. */
export function tanhSquared(q) {
  let sum = 0;
  for (let g = -8; g <= 8; g += 0.05) {
    sum += Math.exp((-g * g) / 2) * Math.tanh(Math.sqrt(q) * g) ** 2;
  }
  return (0.05 * sum) / Math.sqrt(2 * Math.PI);
}

/** Variance of the pre-activations in layers 1, 2, ... at infinite width; the input has <x^2> = 1. */
export function recursion(sigma, layers = LAYERS) {
  const q = [sigma * sigma];
  while (q.length < layers) q.push(sigma * sigma * tanhSquared(q[q.length - 1]));
  return q;
}

/** Weights of one network: square matrices of standard normal numbers, one a layer. */
export function network(width, normal, layers = LAYERS) {
  return Array.from({ length: layers }, () => Float32Array.from({ length: width * width }, normal));
}

/** Mean square of the pre-activations in every layer, weights scaled by sigma / sqrt(width). */
export function propagate(weights, width, sigma) {
  let input = new Float64Array(width).fill(1);
  return weights.map((matrix) => {
    const output = new Float64Array(width);
    let square = 0;
    for (let i = 0; i < width; i++) {
      let z = 0;
      for (let j = 0; j < width; j++) z += matrix[i * width + j] * input[j];
      z *= sigma / Math.sqrt(width);
      square += z * z;
      output[i] = Math.tanh(z);
    }
    input = output;
    return square / width;
  });
}

const digits = (value) => value.toPrecision(2);

export function render({ model, el }) {
  let sigma = model.get("sigma_w");
  let width = model.get("width");
  const normal = gaussian(model.get("seed"));
  let networks;

  const row = addRow(el);
  addSlider(row, { label: "σ_W", min: 0.5, max: 3, step: 0.05, value: sigma,
    show: (v) => v.toFixed(2) }, (v) => { sigma = v; redraw(); announce(); });
  addSlider(row, { label: "width n", min: 2, max: 7, step: 1, value: Math.log2(width),
    show: (v) => String(2 ** v) }, (v) => { width = 2 ** v; renew(); });
  addButton(row, "New networks", renew);
  const redraw = addDrawing(el, model.get("alt"), 320, draw);
  const status = addStatus(el);
  renew();

  function renew() {
    networks = Array.from({ length: NETWORKS }, () => network(width, normal));
    redraw();
    announce();
  }

  function means() {
    const runs = networks.map((weights) => propagate(weights, width, sigma));
    const average = runs[0].map((_, l) => runs.reduce((sum, run) => sum + run[l], 0) / NETWORKS);
    return { runs, average };
  }

  function announce() {
    const { runs, average } = means();
    const last = LAYERS - 1;
    const scatter = runs.reduce((sum, run) => sum + (run[last] - average[last]) ** 2, 0);
    const error = Math.sqrt(scatter / (NETWORKS - 1) / NETWORKS);
    status(`Layer ${LAYERS}, mean of ${NETWORKS} networks: ${digits(average[last])} ± ` +
      `${digits(error)}; infinite width: ${digits(recursion(sigma)[last])}.`);
  }

  function draw(pixels, height) {
    const { runs, average } = means();
    const log = (q) => Math.log10(Math.max(q, LOWEST));
    const { X, Y, markup } = axes(pixels, height, {
      x: [0.7, LAYERS + 0.3], y: [log(LOWEST), 1.2], xLabel: "layer",
      yLabel: "variance of the pre-activations",
      xTicks: Array.from({ length: LAYERS }, (_, l) => [l + 1, l + 1]),
      yTicks: [[0, "1"], [-2, "10⁻²"], [-4, "10⁻⁴"], [-6, "10⁻⁶"]],
    });
    const points = (values) => values.map((q, l) => [X(l + 1), Y(log(q))]);
    const thin = `stroke="${DATA}" stroke-opacity="0.6"`;
    const theory = `stroke="${THEORY}" stroke-width="2.5"`;
    const dots = points(average)
      .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${DATA}" stroke="currentColor"/>`)
      .join("");
    return markup + runs.map((run) => line(points(run), thin)).join("") +
      line(points(recursion(sigma)), theory) + dots +
      legend(X(1), Y(-6), [["20 networks; dots: their mean", thin],
        ["infinite width", theory]]);
  }
}
