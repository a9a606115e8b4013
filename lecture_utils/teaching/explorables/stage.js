// What every live figure needs: sliders, buttons, a line of text, a drawing, a loop, random numbers.
// `Explorable` (Python) puts this file in front of the module of a figure.

// Pairs that colour-blind readers can tell apart, on a light and on a dark page.
export const DATA = "#0f83c4";
export const THEORY = "#d55e00";
export const MUTED = "#8a8a8a";

/** Standard normal numbers from a seed (Mulberry32 and Box-Muller). */
export function gaussian(seed) {
  let state = seed >>> 0;
  let spare = null;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function add(parent, tag, attributes = {}) {
  const node = Object.assign(document.createElement(tag), attributes);
  parent.append(node);
  return node;
}

// JupyterLab leaves the keys to an element that carries this, if it is the focused one.
const KEYS = "data-lm-suppress-shortcuts";

/** A row for sliders and buttons. */
export function addRow(el) {
  const row = add(el, "div");
  row.style.cssText = "display:flex;flex-wrap:wrap;gap:.4em 1.5em;align-items:center";
  return row;
}

/** A labelled slider; `show` turns its position into text, `onChange` gets the position. */
export function addSlider(row, { label, min, max, step, value, show }, onChange) {
  const box = add(row, "label");
  add(box, "span", { textContent: label + " " });
  const input = add(box, "input", { type: "range", min, max, step, value });
  input.style.verticalAlign = "middle";
  input.setAttribute(KEYS, "true");
  const text = add(box, "output");
  const refresh = () => {
    text.textContent = " " + show(+input.value);
    input.setAttribute("aria-valuetext", show(+input.value));
  };
  input.addEventListener("input", () => {
    refresh();
    onChange(+input.value);
  });
  refresh();
}

export function addButton(row, label, onClick) {
  const button = add(row, "button", { type: "button", textContent: label });
  button.setAttribute(KEYS, "true");
  button.addEventListener("click", onClick);
  return button;
}

/** A line of text that screen readers announce when it changes. */
export function addStatus(el) {
  const line = add(el, "p");
  line.setAttribute("role", "status");
  return (text) => (line.textContent = text);
}

/** A drawing: `draw(width, height)` returns SVG markup; it is drawn again when the width changes. */
export function addDrawing(el, alt, height, draw) {
  const box = add(el, "div");
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", alt);
  const redraw = () => {
    const width = box.clientWidth || 640;
    box.innerHTML = `<svg width="${width}" height="${height}" fill="none" font-size="13"
      font-family="sans-serif" style="display:block">${draw(width, height)}</svg>`;
  };
  new ResizeObserver(redraw).observe(box);
  return redraw;
}

/** Call `frame` while the figure is on the screen and running; returns the button's action. */
export function addLoop(el, row, frame, onPause) {
  let running = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let visible = false;
  let pending = 0;
  const next = () => {
    if (running && visible && el.isConnected && !pending) pending = requestAnimationFrame(tick);
  };
  const tick = () => {
    pending = 0;
    frame();
    next();
  };
  const name = () => (running ? "Pause" : "Run");
  const button = addButton(row, name(), () => {
    running = !running;
    button.textContent = name();
    if (running) next();
    else onPause();
  });
  new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    next();
  }).observe(el);
}

/** Axes in SVG: scales X and Y from numbers to pixels, and the markup. Ticks are [number, text]. */
export function axes(width, height, { x, y, xTicks, yTicks, xLabel, yLabel }) {
  const [left, right, top, bottom] = [54, width - 10, 10, height - 40];
  const X = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (right - left);
  const Y = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const text = (px, py, anchor, label, more = "") =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}" fill="currentColor" ${more}>${label}</text>`;
  const middle = (top + bottom) / 2;
  const markup = [
    `<path d="M${left} ${top}V${bottom}H${right}" stroke="currentColor"/>`,
    ...xTicks.map(([value, label]) => text(X(value), bottom + 17, "middle", label)),
    ...yTicks.map(([value, label]) => text(left - 6, Y(value) + 4, "end", label)),
    text((left + right) / 2, height - 5, "middle", xLabel),
    text(13, middle, "middle", yLabel, `transform="rotate(-90 13 ${middle})"`),
  ].join("");
  return { X, Y, markup };
}

/** Three to six round numbers from `low` to `high`, as ticks. */
export function ticks(low, high) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 2));
  const step = power * ((high - low) / power > 10 ? 5 : (high - low) / power > 5 ? 2 : 1);
  const marks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    marks.push([i * step, String(+(i * step).toPrecision(6)).replace("-", "−")]);
  }
  return marks;
}

/** A line through pixels [[x, y], ...]. */
export function line(points, style) {
  return `<polyline points="${points.map((p) => p.map((v) => v.toFixed(1))).join(" ")}" ${style}/>`;
}

/** Bars of equal width from `low` to `high`. */
export function histogramPath(X, Y, low, high, heights, opacity) {
  const path = Array.from(heights, (height, k) => {
    const end = low + ((k + 1) * (high - low)) / heights.length;
    return `V${Y(height).toFixed(1)}H${X(end).toFixed(1)}`;
  }).join("");
  return `<path d="M${X(low)} ${Y(0)}${path}V${Y(0)}Z" fill="${DATA}" fill-opacity="${opacity}"/>`;
}

/** Entries of a legend, [text, style of its line], from the pixel (x, y) downwards. */
export function legend(x, y, entries) {
  return entries
    .map(([label, style], i) => {
      const row = y + 18 * i;
      return (
        line([[x, row], [x + 24, row]], style) +
        `<text x="${x + 30}" y="${row + 4}" fill="currentColor">${label}</text>`
      );
    })
    .join("");
}
