// Answers to the exercises on the static page: reads what is typed as a formula, compares it with
// the page's data, and says what is wrong. Data and sentences come from the checkers in Python
// (lecture_utils/teaching/exercises.py), and so do the steps of a verdict: change both together.
// Nothing that is typed is executed: it is parsed into a tree, and the tree is evaluated.
// A plain script, not a module, since browsers refuse modules to a book that is opened from disk.

const Answers = (() => {
  // --- complex numbers: pairs [re, im]; what is real stays exactly real ------------------------

  const NOTHING = [NaN, 0]; // 1/0 and log(0) have no direction, and no value
  const isReal = (z) => z[1] === 0;
  const add = ([a, b], [c, d]) => [a + c, b + d];
  const subtract = ([a, b], [c, d]) => [a - c, b - d];
  const multiply = ([a, b], [c, d]) =>
    b === 0 && d === 0 ? [a * c, 0] : [a * c - b * d, a * d + b * c];
  const divide = ([a, b], [c, d]) => {
    if (d === 0) return c === 0 ? NOTHING : [a / c, b === 0 ? 0 : b / c];
    const n = c * c + d * d;
    return [(a * c + b * d) / n, (b * c - a * d) / n];
  };
  const modulus = ([a, b]) => Math.hypot(a, b);
  // A function of real numbers, and its continuation to the others.
  const extend = (f, g) => (z) => (isReal(z) ? [f(z[0]), 0] : g(z));

  const exp = extend(Math.exp, ([a, b]) => {
    const r = Math.exp(a);
    return [r * Math.cos(b), r * Math.sin(b)];
  });
  const log = (z) => // + 0: negative numbers lie above the cut, never below
    modulus(z) === 0 ? NOTHING : [Math.log(modulus(z)), Math.atan2(z[1] + 0, z[0])];
  const sqrt = (z) => {
    if (!isReal(z)) return exp(multiply([0.5, 0], log(z)));
    return z[0] < 0 ? [0, Math.sqrt(-z[0])] : [Math.sqrt(z[0]), 0];
  };

  function power(z, w) {
    const [c, d] = w;
    const whole = d === 0 && Number.isInteger(c);
    if (isReal(z) && d === 0 && (whole || !(z[0] < 0))) return [z[0] ** c, 0];
    if (d === 0 && c === 0.5) return sqrt(z);
    if (!whole || Math.abs(c) > 64) return exp(multiply(w, log(z)));
    let product = [1, 0];
    for (let i = 0; i < Math.abs(c); i++) product = multiply(product, z);
    return c < 0 ? divide([1, 0], product) : product;
  }

  const sin = extend(Math.sin, ([a, b]) => [
    Math.sin(a) * Math.cosh(b),
    Math.cos(a) * Math.sinh(b),
  ]);
  const cos = extend(Math.cos, ([a, b]) => [
    Math.cos(a) * Math.cosh(b),
    -Math.sin(a) * Math.sinh(b),
  ]);
  const sinh = extend(Math.sinh, ([a, b]) => [
    Math.sinh(a) * Math.cos(b),
    Math.cosh(a) * Math.sin(b),
  ]);
  const cosh = extend(Math.cosh, ([a, b]) => [
    Math.cosh(a) * Math.cos(b),
    Math.sinh(a) * Math.sin(b),
  ]);

  // Power series, with exp(-z^2) taken out: no term cancels another on the real line.
  function erf(z) {
    if (modulus(z) > 6) return isReal(z) ? [Math.sign(z[0]), 0] : NOTHING;
    const square = multiply(z, z);
    let [term, sum] = [z, z];
    for (let n = 1; n < 200; n++) {
      term = multiply(term, multiply([2 / (2 * n + 1), 0], square));
      sum = add(sum, term);
    }
    const front = exp(multiply([-1, 0], square));
    return multiply([2 / Math.sqrt(Math.PI), 0], multiply(front, sum));
  }

  // Lanczos' approximation with g = 7 and nine terms.
  const LANCZOS = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  function gamma(z) {
    if (isReal(z) && z[0] <= 0 && Number.isInteger(z[0])) return NOTHING;
    if (z[0] < 0.5) {
      const mirrored = multiply(sin(multiply([Math.PI, 0], z)), gamma(subtract([1, 0], z)));
      return divide([Math.PI, 0], mirrored);
    }
    const x = subtract(z, [1, 0]);
    let sum = [LANCZOS[0], 0];
    for (let i = 1; i < 9; i++) sum = add(sum, divide([LANCZOS[i], 0], add(x, [i, 0])));
    const t = add(x, [7.5, 0]);
    const growth = multiply(power(t, add(x, [0.5, 0])), exp(multiply([-1, 0], t)));
    return multiply([Math.sqrt(2 * Math.PI), 0], multiply(growth, sum));
  }

  const FUNCTIONS = {
    sqrt, exp, log, ln: log, sin, cos, sinh, cosh, erf, gamma, Gamma: gamma,
    erfc: (z) => subtract([1, 0], erf(z)),
    tan: extend(Math.tan, (z) => divide(sin(z), cos(z))),
    tanh: extend(Math.tanh, (z) => divide(sinh(z), cosh(z))),
    abs: (z) => [modulus(z), 0],
  };
  const CONSTANTS = { pi: [Math.PI, 0], e: [Math.E, 0] };
  const OPERATIONS = { "+": add, "-": subtract, "*": multiply, "/": divide, "^": power };

  // --- from text to a tree ---------------------------------------------------------------------

  class Problem extends Error {} // its message is for the reader

  const GREEK = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon", ζ: "zeta",
    η: "eta", θ: "theta", ϑ: "theta", κ: "kappa", λ: "lambda", μ: "mu", µ: "mu", ν: "nu",
    ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", ϕ: "phi", χ: "chi", ψ: "psi",
    ω: "omega", Γ: "Gamma", Δ: "Delta", Θ: "Theta", Λ: "Lambda", Σ: "Sigma", Φ: "Phi",
    Ψ: "Psi", Ω: "Omega",
  };
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const GREEK_NAMES = new Set(Object.values(GREEK));
  const LETTERS = Object.keys(GREEK).join("");
  const has = (table, name) => Object.hasOwn(table, name);

  // One way to write what is written in several.
  function plain(text) {
    return text
      .replace(/\b(np|numpy|math|sympy)\./g, "")
      .replace(/_\{(\w+)\}/g, "_$1")
      .replace(/\\/g, " ") // TeX
      .replace(/\{/g, "(")
      .replace(/\}/g, ")")
      .replace(/[−–]/g, "-")
      .replace(/[·×∗]/g, "*")
      .replace(/÷/g, "/")
      .replace(/\*\*/g, "^")
      .replace(/⁻?[⁰¹²³⁴-⁹]+/g, (power) => `^${power}`)
      .replace(/⁻/g, "-")
      .replace(/[⁰¹²³⁴-⁹]/g, (digit) => RAISED.indexOf(digit))
      .replace(/[₀-₉]/g, (digit) => digit.charCodeAt(0) - "₀".charCodeAt(0));
  }

  // Spellings of a symbol: w_0 and w0, lambda_ and lam are the same.
  const spelling = (name) => name.replaceAll("_", "").replace(/^lambda/, "lam");

  // The name of a symbol, function or constant; or several that stand side by side, as in MN.
  function names(word, symbols, called) {
    const same = symbols.find((symbol) => spelling(symbol) === spelling(word));
    if (same !== undefined) return [same];
    if (has(FUNCTIONS, word) || has(CONSTANTS, word)) return [word];
    const parts = word.length < 9 && !GREEK_NAMES.has(word) && split(word, symbols);
    if (parts) return parts;
    if (called && word.length > 1) {
      const known = Object.keys(FUNCTIONS).join(", ");
      throw new Problem(`Unknown function ${word}: known are ${known}.`);
    }
    return [word];
  }

  function split(word, symbols) {
    if (word === "") return [];
    for (const part of [...symbols, "pi", ...Object.keys(FUNCTIONS)]) {
      if (!word.startsWith(part)) continue;
      const rest = split(word.slice(part.length), symbols);
      if (rest) return [part, ...rest];
    }
    return null;
  }

  function tokens(text, symbols) {
    const exponent = symbols.includes("e") ? "" : "(?:[eE][+-]?\\d+)?";
    const number = `(?:\\d+\\.?\\d*|\\.\\d+)${exponent}`;
    const word = `[${LETTERS}]_?\\d*|[A-Za-z]\\w*`;
    const token = new RegExp(`\\s*(?:(${number})|(${word})|(.))`, "gsu");
    const found = [];
    for (const [, digits, letters, sign] of plain(text).trim().matchAll(token)) {
      if (digits) found.push({ type: "number", text: digits });
      else if (letters) {
        const [first, ...rest] = letters;
        found.push({ type: "word", text: [GREEK[first] ?? first, ...rest].join("") });
      } else if ("+-*/^()[],|√".includes(sign)) found.push({ type: sign, text: sign });
      else if (sign === "=") throw new Problem("Give the right-hand side alone, without =.");
      else throw new Problem(`The sign ${sign} has no meaning here.`);
    }
    return found.flatMap((one, i) => {
      if (one.type !== "word") return [one];
      return names(one.text, symbols, found[i + 1]?.type === "(").map((name) => {
        const type = symbols.includes(name) || !has(FUNCTIONS, name) ? "name" : "function";
        return { type, text: name };
      });
    });
  }

  const COMMA =
    "Write a decimal point, as in 0.5; a list stands in square brackets, as in [1, 2].";

  // Tree of the answer: { op, args } for operations and lists, { op: "number" | "name", text }.
  // `symbols` are names that mean themselves, even if a function or a constant has the same.
  function parse(text, symbols = []) {
    if (text.length > 1000) throw new Problem("That is too long to be the answer.");
    const list = tokens(text, symbols);
    let at = 0;
    let bars = 0; // open |...|
    const next = () => list[at]?.type;
    const take = (type) => next() === type && list[at++];

    function complain() {
      const one = list[at];
      if (!one) throw new Problem("Something is missing at the end.");
      if (one.type === ",") throw new Problem(COMMA);
      if (one.type === "[") throw new Problem("Square brackets hold a list: use round ones here.");
      throw new Problem(`Something is missing or too much at ${one.text}.`);
    }

    function expect(type) {
      if (take(type)) return;
      if (!next()) throw new Problem(`A bracket is not closed: ${type} is missing.`);
      complain();
    }

    function item() {
      if (!take("[")) return sum();
      const args = [];
      while (next() !== "]") {
        args.push(item());
        if (!take(",")) break;
      }
      expect("]");
      return { op: "list", args };
    }

    function sum() {
      let left = product();
      while (next() === "+" || next() === "-") {
        left = { op: list[at++].type, args: [left, product()] };
      }
      return left;
    }

    function product() {
      let left = signed();
      for (;;) {
        if (next() === "*" || next() === "/") {
          left = { op: list[at++].type, args: [left, signed()] };
        } else if (startsFactor()) {
          if (next() === "number" && list[at - 1].type === "number") {
            throw new Problem(`Put a sign between ${list[at - 1].text} and ${list[at].text}.`);
          }
          left = { op: "*", args: [left, raised()] };
        } else return left;
      }
    }

    const startsFactor = () =>
      ["number", "name", "function", "(", "√"].includes(next()) || (next() === "|" && !bars);

    function signed() {
      if (take("+")) return signed();
      if (take("-")) return { op: "negative", args: [signed()] };
      return raised();
    }

    function raised() {
      const base = primary();
      return take("^") ? { op: "^", args: [base, signed()] } : base;
    }

    function primary() {
      if (next() === "number" || next() === "name") {
        const { type, text } = list[at++];
        return { op: type, text };
      }
      if (take("√")) return { op: "sqrt", args: [primary()] };
      const named = take("function");
      if (named && next() !== "(") {
        throw new Problem(`Put brackets after ${named.text}, as in ${named.text}(2).`);
      }
      if (take("(")) {
        const outside = bars;
        bars = 0;
        const inside = sum();
        bars = outside;
        expect(")");
        return named ? { op: named.text, args: [inside] } : inside;
      }
      if (take("|")) {
        bars++;
        const inside = sum();
        bars--;
        expect("|");
        return { op: "abs", args: [inside] };
      }
      return complain();
    }

    const tree = item();
    if ([")", "]"].includes(next())) throw new Problem("A bracket is closed but never opened.");
    if (next()) complain();
    return tree;
  }

  // Names in a tree that are no constants, sorted; `symbols` are none even if they are called e.
  function symbolsIn(tree, symbols = []) {
    const isConstant = (name) => has(CONSTANTS, name) && !symbols.includes(name);
    const walk = ({ op, text, args = [] }) =>
      op === "name" && !isConstant(text) ? [text] : args.flatMap(walk);
    return [...new Set(walk(tree))].sort();
  }

  function evaluate({ op, text, args }, point = {}) {
    if (op === "number") return [Number(text), 0];
    if (op === "name") return has(point, text) ? [point[text], 0] : CONSTANTS[text];
    const values = args.map((arg) => evaluate(arg, point));
    if (op === "negative") return subtract([0, 0], values[0]);
    return (OPERATIONS[op] ?? FUNCTIONS[op])(...values);
  }

  // --- what was read, as TeX -------------------------------------------------------------------

  // How tightly an operation binds; fractions, functions, numbers and names need no brackets.
  const STRENGTH = { "+": 1, "-": 1, negative: 1, "*": 2, "^": 3 };

  function texName(name) {
    const [, word, index] = /^(.*?)_?(\d*)$/.exec(name);
    const letters = word.length === 1 ? word : `\\mathrm{${word.replaceAll("_", "")}}`;
    return (GREEK_NAMES.has(word) ? `\\${word} ` : letters) + (index && `_{${index}}`);
  }

  const beginsWithNumber = ({ op, args }) =>
    op === "number" || ("*/^".includes(op) && beginsWithNumber(args[0]));

  function tex({ op, text, args }) {
    if (op === "number") return text.replace(/^(.*)e\+?(-?\d+)$/i, "{$1\\cdot10^{$2}}");
    if (op === "name") return texName(text);
    const written = args.map(tex);
    const [first, second] = written;
    const bracket = (inside) => `\\left(${inside}\\right)`;
    const bound = (i, least) =>
      (STRENGTH[args[i].op] ?? 4) < least ? bracket(written[i]) : written[i];
    switch (op) {
      case "list": return `\\left[${written.join(",\\;")}\\right]`;
      case "negative": return `-${bound(0, 2)}`;
      case "+": case "-": return `${first}${op}${bound(1, 2)}`;
      case "*": {
        const dot = beginsWithNumber(args[1]) ? "\\cdot " : "\\,";
        return bound(0, 2) + dot + bound(1, 2);
      }
      case "/": return `\\frac{${first}}{${second}}`;
      case "^": return `{${args[0].args ? bracket(first) : first}}^{${second}}`;
      case "sqrt": return `\\sqrt{${first}}`;
      case "abs": return `\\left|${first}\\right|`;
      case "gamma": case "Gamma": return `\\Gamma${bracket(first)}`;
      default: return `\\operatorname{${op}}${bracket(first)}`;
    }
  }

  // --- the verdict, step by step as in Python --------------------------------------------------

  const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const isComplex = (z) => Math.abs(z[1]) > 1e-9 * modulus(z);
  const unpack = ({ shape, re, im }) => ({ shape, values: re.map((x, i) => [x, im ? im[i] : 0]) });

  // Shape and entries of a nested list; null if its rows differ in shape.
  function entries(tree) {
    if (tree.op !== "list") return { shape: [], leaves: [tree] };
    const rows = tree.args.map(entries);
    if (rows.includes(null)) return null;
    const inner = rows.length ? rows[0].shape : [];
    if (rows.some(({ shape }) => String(shape) !== String(inner))) return null;
    return { shape: [rows.length, ...inner], leaves: rows.flatMap(({ leaves }) => leaves) };
  }

  // The numbers of an answer: what stands in it, or its values at the points of the checker.
  const READ = {
    number(tree, checker, sentences) {
      const nested = entries(tree);
      if (!nested) throw new Problem(fill(sentences.real, { kind: "list" }));
      const free = symbolsIn(tree);
      if (free.length) throw new Problem(fill(sentences.free, { names: free.join(", ") }));
      const values = nested.leaves.map((leaf) => evaluate(leaf));
      if (values.some(isComplex)) throw new Problem(fill(sentences.real, { kind: "complex one" }));
      return { shape: nested.shape, values: values.map(([a, b]) => [isNaN(b) ? b : a, 0]) };
    },

    function(tree, checker, sentences) {
      if (tree.op === "list") throw new Problem(fill(sentences.function, { kind: "list" }));
      const free = symbolsIn(tree);
      if (free.length > 1) throw new Problem(fill(sentences.variables, { names: free.join(", ") }));
      const values = checker.points.at.map((x) => evaluate(tree, { [free[0]]: x }));
      const real = values.map((z) => [isComplex(z) || isNaN(z[1]) ? NaN : z[0], 0]);
      return { shape: checker.right.shape, values: real };
    },

    expression(tree, checker, sentences) {
      if (tree.op === "list") throw new Problem("One formula is expected, not a list.");
      const symbols = Object.keys(checker.points);
      const unknown = symbolsIn(tree, symbols).filter((name) => !symbols.includes(name));
      if (unknown.length) {
        const facts = { unknown: unknown.join(", "), names: symbols.join(", ") };
        throw new Problem(fill(sentences.unknown, facts));
      }
      const point = (i) => Object.fromEntries(symbols.map((s) => [s, checker.points[s][i]]));
      const values = checker.right.re.map((_, i) => evaluate(tree, point(i)));
      return { shape: checker.right.shape, values };
    },
  };

  const largest = (values) => Math.max(...values.map(modulus));
  const tolerance = (values, rtol, scale = 1) => rtol * (largest(values) || scale || 1);
  const close = (a, b, most) =>
    String(a.shape) === String(b.shape) &&
    a.values.every((z, i) => modulus(subtract(z, b.values[i])) <= most);
  const near = (a, b, rtol) => Math.abs(a - b) <= 1e-8 + rtol * Math.abs(b);

  function verdict(answer, checker, { sentences, factors }) {
    const right = unpack(checker.right);
    const single = right.shape.length === 0;
    if (single && answer.values.length === 1) answer = { ...answer, shape: [] };
    const most = tolerance(right.values, checker.rtol);
    const times = (z) => ({ ...answer, values: answer.values.map((x) => multiply(z, x)) });
    if (close(answer, right, most)) return sentences.right;
    for (const mistake of checker.mistakes) {
      const wrong = unpack(mistake);
      const allowed = tolerance(wrong.values, checker.rtol, largest(right.values));
      if (close(answer, wrong, allowed)) return mistake.hint;
    }
    if (String(answer.shape) !== String(right.shape)) {
      return fill(sentences.shape, { right: tuple(right.shape), yours: tuple(answer.shape) });
    }
    if (!answer.values.flat().every(Number.isFinite)) return sentences.finite;
    if (close(times([-1, 0]), right, most)) return sentences.sign;
    const dot = (a) =>
      right.values.map(([x, y], i) => multiply([x, -y], a.values[i])).reduce(add, [0, 0]);
    const scale = divide(dot(answer), dot(right));
    if (!single && close(times(divide([1, 0], scale)), right, most)) return sentences.factor;
    const [[only], [wanted]] = [answer.values[0], right.values[0]];
    if (single && near(only, 100 * wanted, 1e-2)) return sentences.percent;
    if (single && factors.some((f) => near(modulus(scale), f, 1e-6))) return sentences.simple;
    const farther = Math.min(50 * most, 0.05 * largest(right.values));
    return close(answer, right, farther) ? sentences.close : sentences.wrong;
  }

  // Feedback on `text`: { correct, message, tree }; `book` holds sentences and factors.
  function judge(text, checker, book) {
    if (!text.trim()) {
      return { correct: null, message: "No answer yet: write yours into the line." };
    }
    try {
      const symbols = checker.kind === "expression" ? Object.keys(checker.points) : [];
      const tree = parse(text, symbols);
      const message = verdict(READ[checker.kind](tree, checker, book.sentences), checker, book);
      return { correct: message === book.sentences.right, message, tree };
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return { correct: false, message: problem.message };
    }
  }

  // --- the page --------------------------------------------------------------------------------

  // What has been solved stays with the reader's browser, if it keeps anything.
  const memory = {
    get(key) {
      try { return localStorage.getItem(key); } catch { return null; }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch { /* private window */ }
    },
  };

  function typeset(element) {
    // A page that is still being typeset will come to this element by itself.
    window.MathJax?.startup?.promise?.then(() => {
      MathJax.typesetClear([element]);
      return MathJax.typesetPromise([element]);
    });
  }

  const isPlain = ({ op, args = [] }) => op === "number" || (op === "list" && args.every(isPlain));

  function show(form, { correct, message, tree }) {
    const [output, read] = [form.querySelector("output"), form.querySelector(".answer-read")];
    const mark = { true: "✓", false: "✗", null: "…" }[correct];
    output.dataset.correct = correct;
    output.textContent = `${mark} ${message.replace(/\$([^$]+)\$/g, "\\($1\\)")}`;
    read.textContent = tree && !isPlain(tree) ? `read as \\(${tex(tree)}\\)` : "";
    typeset(form);
  }

  function start(book) {
    const forms = [...document.querySelectorAll("form.answer")];
    const progress = document.createElement("span");
    progress.className = "answers-progress";
    forms[0].closest(".exercise").closest("section").querySelector("h2, h3").append(progress);
    const solved = new Set();

    for (const form of forms) {
      const { exercise } = form.dataset;
      const input = form.querySelector("input");
      const key = `answers:${book.page}:${exercise}`;
      const check = () => {
        const feedback = judge(input.value, book.checkers[exercise], book);
        show(form, feedback);
        if (feedback.correct) solved.add(exercise);
        if (feedback.correct === null) solved.delete(exercise);
        form.classList.toggle("solved", solved.has(exercise));
        progress.textContent = `${solved.size} of ${forms.length} solved`;
        return feedback.correct;
      };
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const correct = check();
        if (correct !== false) memory.set(key, correct ? input.value : null);
      });
      form.hidden = false;
      input.value = memory.get(key) ?? "";
      if (input.value) check();
    }
    progress.textContent = `${solved.size} of ${forms.length} solved`;
  }

  const data = document.querySelector("script.answers");
  if (data) {
    const bytes = Uint8Array.from(atob(data.textContent), (c) => c.charCodeAt(0));
    start(JSON.parse(new TextDecoder().decode(bytes)));
  }

  return { parse, evaluate, judge, tex };
})();
