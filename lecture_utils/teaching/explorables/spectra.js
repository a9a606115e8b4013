// Levels of symmetric matrices, the law of their spacings, and how far a sample lies from a law.

// Off-diagonal numbers below this, in units of the largest number, are zero.
const NEGLIGIBLE = 1e-14;

/** A symmetric matrix made tridiagonal by reflections: its diagonal, and what is beside it. */
function tridiagonal(a) {
  const beside = new Float64Array(a.length);
  const push = new Float64Array(a.length);
  for (let k = a.length - 1; k > 0; k--) {
    // The reflection that leaves only the last of the first k numbers of row k.
    const v = a[k];
    let square = 0;
    for (let i = 0; i < k; i++) square += v[i] * v[i];
    const left = v[k - 1] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    const half = square - left * v[k - 1];
    beside[k - 1] = left;
    if (half === 0) continue;
    v[k - 1] -= left;
    let along = 0;
    for (let i = 0; i < k; i++) {
      let sum = 0;
      const row = a[i];
      for (let j = 0; j < k; j++) sum += row[j] * v[j];
      push[i] = sum / half;
      along += push[i] * v[i];
    }
    for (let i = 0; i < k; i++) push[i] -= (along / (2 * half)) * v[i];
    for (let i = 0; i < k; i++) {
      const row = a[i];
      for (let j = 0; j < k; j++) row[j] -= v[i] * push[j] + push[i] * v[j];
    }
  }
  return [Float64Array.from(a, (row, i) => row[i]), beside];
}

/** Levels of a real symmetric matrix (its rows), ascending; the matrix is used up. */
export function levels(a) {
  const [d, e] = tridiagonal(a);
  const scale = Math.max(...d.map(Math.abs), ...e.map(Math.abs));
  const negligible = (k) => Math.abs(e[k]) <= NEGLIGIBLE * scale;
  for (let last = d.length - 1; last > 0; ) {
    if (negligible(last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    // One sweep of rotations in planes (k, k + 1). The first one is that of a QR step, shifted by
    // the level of the last 2 x 2 block that is closer to its corner; each next one moves the
    // number that the last one put beside the three diagonals further down, and out.
    const half = (d[last - 1] - d[last]) / 2;
    const root = Math.hypot(half, e[last - 1]);
    let x = d[first] - d[last] + e[last - 1] ** 2 / (half + (half < 0 ? -root : root));
    let z = e[first];
    for (let k = first; k < last && z !== 0; k++) {
      const r = Math.sqrt(x * x + z * z);
      const [c, s] = [x / r, z / r];
      const [p, q, b] = [d[k], d[k + 1], e[k]];
      if (k > first) e[k - 1] = r;
      d[k] = c * c * p + 2 * c * s * b + s * s * q;
      d[k + 1] = s * s * p - 2 * c * s * b + c * c * q;
      e[k] = x = c * s * (q - p) + (c * c - s * s) * b;
      z = s * e[k + 1];
      e[k + 1] *= c;
    }
  }
  return d.sort();
}

/** The error function, by a series of positive terms. */
function erf(x) {
  let term = x;
  let sum = 0;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    sum += term;
    term *= (2 * x * x) / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

// Spacing of two levels: length of a normal vector of beta + 1 components. Its mean, and the
// number in front of its density x^beta exp(-x^2/2):
const ROOT = Math.sqrt(2 / Math.PI);
const MEANS = { 0: ROOT, 1: 1 / ROOT, 2: 2 * ROOT, 4: (8 / 3) * ROOT };
const NORMS = { 0: ROOT, 1: 1, 2: ROOT, 4: ROOT / 3 };

/** Density of the spacing s of two levels, of mean one; beta is 0 (independent), 1, 2 or 4. */
export function spacingDensity(beta, s) {
  const x = MEANS[beta] * s;
  return NORMS[beta] * MEANS[beta] * x ** beta * Math.exp((-x * x) / 2);
}

/** Its distribution function. */
export function spacingDistribution(beta, s) {
  const x = MEANS[beta] * s;
  if (beta === 1) return -Math.expm1((-x * x) / 2);
  const half = x > 8 ? 1 : erf(x / Math.SQRT2);
  const terms = { 0: 0, 2: x, 4: x + x ** 3 / 3 };
  return half - ROOT * terms[beta] * Math.exp((-x * x) / 2);
}

/** Kolmogorov-Smirnov distance of a sample from a distribution function. */
export function distance(sample, law) {
  const sorted = Float64Array.from(sample).sort();
  return sorted.reduce((largest, value, k) => {
    const below = law(value);
    return Math.max(largest, below - k / sorted.length, (k + 1) / sorted.length - below);
  }, 0);
}
