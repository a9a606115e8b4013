"""Answers on the static page: the browser says of every answer what Python says of it."""

import base64
import json
import random
import re
import runpy
from dataclasses import dataclass
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from bs4 import BeautifulSoup
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

import answers
from lecture_utils.teaching import exercises

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "book" / "_static" / "answers.js"
SETS = sorted((ROOT / "lecture_utils/teaching/exercise_sets").glob("[a-z]*.py"))
BOOK = {"sentences": exercises.SENTENCES, "factors": exercises.SIMPLE_FACTORS}


@dataclass(frozen=True)
class Exercise:
    """A checker, and what its author gave to make it: the right answer, then the mistakes."""

    page: str
    name: str
    checker: exercises.Checker
    given: tuple

    def __str__(self):
        return f"{self.page}/{self.name}"


def read_exercises():
    """All exercises of the book, with the answers from which their checkers were made."""
    given = {}
    kinds = {kind: getattr(exercises, kind) for kind in ("number", "function", "expression")}

    def remember(make):
        def made(expected, *, mistakes=(), **options):
            checker = make(expected, mistakes=mistakes, **options)
            given[checker] = (expected, *(mistake.answer for mistake in mistakes))
            return checker

        return made

    with pytest.MonkeyPatch.context() as patch:
        for kind, make in kinds.items():
            patch.setattr(exercises, kind, remember(make))
        sets = {path.stem: runpy.run_path(str(path))["CHECKERS"] for path in SETS}
    return [
        Exercise(page, name, checker, given[checker])
        for page, checkers in sets.items()
        for name, checker in checkers.items()
    ]


EXERCISES = read_exercises()

# Densities as one types them. |u| + u takes the law's density to zero outside its edges.
BULK = "((1 + sqrt(1/8))^2 - x) (x - (1 - sqrt(1/8))^2)"
TYPED = {
    "learning_dynamics/one-column": (
        "2 sqrt(x/pi) exp(-x)",
        "sqrt(x) exp(-x/2) / sqrt(2 pi)",
        "x e^-x",
    ),
    "marchenko_pastur/one-column": (
        "8 (8 x)^3 exp(-4 x) / (2^4 gamma(4))",
        "x**3 * exp(-x/2) / (2**4 * 6)",
        "8 (8 x)^(5/2) exp(-4 x) / (2^(7/2) gamma(7/2))",
        f"4 sqrt(({BULK} + abs({BULK}))/2) / (pi x)",
    ),
    "random_matrices/surmise-unitary": (
        "32/pi^2 s^2 exp(-4 s^2/pi)",
        "pi/2 s exp(-pi s^2/4)",
        "2^18/(3^6 pi^3) s^4 exp(-64 s^2/(9 pi))",
    ),
}


def typed(exercise):
    """The answers of an exercise as a reader would type them."""
    if exercise.checker.kind == "function":
        return TYPED[str(exercise)]
    if exercise.checker.kind == "expression":
        return [str(answer) for answer in exercise.given]
    return [str(np.asarray(a, dtype=float).tolist()) for a in exercise.given]


def each(answer, form):
    """Put each number of a nested list into the place of ``{}``."""
    return re.sub(r"[-\w.]+", lambda match: form.replace("{}", f"({match[0]})"), answer)


FORMS = {
    "number": [
        *("-{}", "{}*1.0000001", "1.0004 {}", "{}*1.002", "1.01 {}", "{}*1.03", "1.2 * {}"),
        *("{}+0", "{} + 1", "2{}", "{}/2", "{}/pi", "sqrt(2) {}", "{} / sqrt(2 pi)", "100 {}"),
        *("{}^2", "{}**(1/2)", "1/{}", "exp(log({}))", "{}/0", "sqrt(-4)", "x {}", "tanh({})"),
        *("[{}]", "10^400 + {}", "alpha/B + {}", "{} erf(3) - gamma(5) + |{}|"),
    ],
    "expression": [
        *("-({})", "({})*1.0000000001", "1.00001 ({})", "1.01 ({})", "({}) + 1", "({})*(-1)^2"),
        *("2 ({})", "({})/2", "pi ({})", "({}) / sqrt(pi)", "sqrt(-1)({})", "({})^2", "1/({})"),
        *("sqrt({})", "sqrt(-({}))^2", "({})^(1/3)", "zeta + ({})", "({}) zeta_1 / zeta_2"),
        *("0 ({})", "({})/0", "exp(log({}))", "log(-exp({}))", "erf({})", "tanh({})", "1", "0"),
        *("sin({})^2 + cos({})^2 - 1 + ({})", "abs({})", "gamma(2 + tanh({}))"),
    ],
    "function": [
        *("-({})", "({})*1.0000001", "1.0004 ({})", "({}) 1.01", "1.03 ({})", "2 ({})", "({})/pi"),
        *("({}) + 1", "({})^2", "1/({})", "sqrt({})", "exp(log({}))", "a ({})", "({}) b c"),
        *("1", "0", "x", "exp(-x)", "0 + ({})", "sqrt(x - 1)", "sqrt(-1) ({})"),
        *("[{}, 1]", "erf({})", "({})/0", "tanh({})", "|{}|"),
    ],
}


def cases(exercise):
    """Texts to try: right answer and mistakes, and the right answer in many forms."""
    right, *mistakes = typed(exercise)
    kind = exercise.checker.kind
    fill = each if kind == "number" else lambda answer, form: form.replace("{}", answer)
    texts = [right, *mistakes, *(fill(right, form) for form in FORMS[kind])]
    if kind == "number":
        texts += [f"[{right}]", f"[{right}, {right}]", "[]", "[1, [2, 3]]", "[1, 2, 3, 4, 5, 6]"]
    if kind == "expression":
        expr = exercise.given[0]
        others = (
            sympy.expand(expr),
            sympy.factor(expr),
            sympy.together(expr),
            -sympy.expand(-expr),
        )
        texts += map(str, others)
    return texts


FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "gamma")


def to_sympy(text, symbols):
    """Read the same text by sympy's own parser."""
    text = re.sub(r"\|([^|]*)\|", r"Abs(\1)", text).replace("lambda", "lambda_")
    names = {name.replace("lambda", "lambda_"): sympy.Symbol(name) for name in symbols}
    words = set(re.findall(r"[A-Za-z_]\w*", text)) - set(names)
    known = {"e": sympy.E, "ln": sympy.log, "abs": sympy.Abs, "Abs": sympy.Abs, "pi": sympy.pi}
    known |= {f: getattr(sympy, f) for f in FUNCTIONS}
    local = {word: known.get(word) or sympy.Symbol(word) for word in words} | names
    steps = (*standard_transformations, convert_xor, implicit_multiplication)
    return parse_expr(text, local_dict=local, transformations=steps)


@pytest.fixture(scope="module")
def script(browser):
    """Page of a browser that has loaded nothing but the script."""
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    return page


JUDGE = """([tries, book]) => tries.map(([text, checker]) => {
    const { correct, message } = Answers.judge(text, book.checkers[checker], book);
    return [correct, message];
})"""


def judge(script, tries, checkers):
    """Feedback of the browser on pairs of a text and the name of a checker, in one go."""
    payload = {name: checker.to_payload() for name, checker in checkers.items()}
    return script.evaluate(JUDGE, [tries, BOOK | {"checkers": payload}])


# --- the same verdict in both --------------------------------------------------------------------


def test_browser_and_python_say_the_same_of_every_answer(script):
    tries = [(text, str(exercise)) for exercise in EXERCISES for text in cases(exercise)]
    checkers = {str(exercise): exercise.checker for exercise in EXERCISES}
    different = []
    for (text, name), (correct, message) in zip(tries, judge(script, tries, checkers), strict=True):
        checker = checkers[name]
        feedback = checker(to_sympy(text, checker.points))
        if (correct, message) != (feedback.correct, feedback.message):
            different.append((name, text, message, feedback.message))
    assert not different, different
    assert len(tries) > 20 * len(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES, ids=str)
def test_right_answers_and_named_mistakes_are_known_in_the_browser(exercise, script):
    """Typed by hand where they are functions; one mistake may stand within the bound of another."""
    (right, *wrong) = judge(script, [(t, "it") for t in typed(exercise)], {"it": exercise.checker})
    assert right == [True, "Correct."]
    assert wrong == [[False, exercise.checker(m).message] for m in exercise.given[1:]]
    assert {message for _, message in wrong} <= {hint for _, hint in exercise.checker.mistakes}


def test_every_sentence_is_reached_by_a_parity_case(script):
    tries = [(text, str(exercise)) for exercise in EXERCISES for text in cases(exercise)]
    said = {m for _, m in judge(script, tries, {str(e): e.checker for e in EXERCISES})}
    for sentence in exercises.SENTENCES.values():
        pattern = re.sub(r"\\{\w+\\}", ".*", re.escape(sentence))
        assert any(re.fullmatch(pattern, message) for message in said), sentence


def test_payload_is_plain_and_complete():
    for exercise in EXERCISES:
        checker, payload = exercise.checker, exercise.checker.to_payload()
        assert json.loads(json.dumps(payload, allow_nan=False)) == payload
        assert [mistake["hint"] for mistake in payload["mistakes"]] == [
            h for _, h in checker.mistakes
        ]
        for values, plain in zip(
            [checker.right, *(v for v, _ in checker.mistakes)],
            [payload["right"], *payload["mistakes"]],
            strict=True,
        ):
            numbers = np.array(plain["re"]) + 1j * np.array(plain.get("im", 0))
            assert np.array_equal(numbers.reshape(plain["shape"]), values)


def test_what_is_asked_for_is_said():
    number, function, expression = exercises.number, exercises.function, exercises.expression
    assert number(1).ask.startswith("a number")
    assert number([[1, 2], [3, 4]]).ask == "a list of numbers: [[a, b], [c, d]]"
    assert function(np.exp, at=[1, 2]).ask == "a formula in one variable, such as x"
    assert expression(sympy.sympify("sigma/B")).ask == "a formula in B, sigma"


def test_a_mistake_must_have_values():
    with pytest.raises(ValueError, match=r"mistakes must be finite, got inf .* 'oops'"):
        exercises.number(1.0, mistakes=[exercises.Mistake(np.inf, "oops")])


# --- reading what is typed -----------------------------------------------------------------------

VALUES = {"x": 0.7, "x1": 2.0, "x2": 5.0, "S": 0.7, "sigma": 1.5, "alpha": 0.3, "B": 0.4}
VALUES |= {"N": 4.0, "M": 9.0, "g": 1.1, "t": 9.0, "Omega": 2.0, "w_0": 3.0, "lam": 0.2}
VALUES |= {"k2": 6.0, "beta": 4.0}

READ = [
    ("S/(2 sigma^2) exp(-S^2/(4 sigma^2))", "S/(2*sigma**2)*exp(-S**2/(4*sigma**2))"),
    ("sqrt(pi) sigma", "sqrt(pi)*sigma"),
    ("3/4", "Rational(3, 4)"),
    ("2*x**2", "2*x**2"),
    ("4 g sqrt(N t)", "4*g*sqrt(N*t)"),
    ("σ²/Ω", "sigma**2/Omega"),
    ("2σΩ", "2*sigma*Omega"),
    ("x⁻¹²", "x**-12"),
    ("x₁ − x₂", "x1 - x2"),
    ("x_1 - x_{2}", "x1 - x2"),
    ("k_2 w0", "k2*w_0"),
    ("alpha_/B", "alpha/B"),
    ("λ + lambda_ + lam", "3*lam"),
    ("MN", "M*N"),
    ("xexp(-x)", "x*exp(-x)"),
    ("pi sigma", "pi*sigma"),
    (r"\sqrt{2\pi}\sigma", "sqrt(2*pi)*sigma"),
    ("np.sqrt(2) * math.pi", "sqrt(2)*pi"),
    ("√2 x", "sqrt(2)*x"),
    ("√(2 x)", "sqrt(2*x)"),
    ("|x1 - x2| / |-x|", "(x2 - x1)/x"),
    ("|x - (|x1| + 3)|", "5 - x"),
    ("-x^2", "-x**2"),
    ("2^-1 x", "x/2"),
    ("2^3^2", "Integer(512)"),
    ("1/2 x", "x/2"),
    ("alpha/2B", "alpha*B/2"),
    ("1 - 2 - 3", "Integer(-4)"),
    ("--x", "x"),
    ("2*-x", "-2*x"),
    ("2e-3 x", "x/500"),
    (".5 + 1.", "Rational(3, 2)"),
    ("e^(-x)", "exp(-x)"),
    ("ln(x) + log(x)", "2*log(x)"),
    ("x(1-x)", "x*(1 - x)"),
    ("(1-x)(1+x)", "1 - x**2"),
    ("2·x × 3 ÷ 4", "3*x/2"),
    ("sin(x)^2 + cos(x)^2", "Integer(1)"),
    ("Γ(5) erfc(x)", "24*erfc(x)"),
    ("tan(x) - sinh(x) / cosh(x) + tanh(x)", "tan(x)"),
]


def test_formulas_are_read_as_physicists_write_them(script):
    texts = [text for text, _ in READ]
    symbols = list(VALUES)
    values = script.evaluate(
        "([texts, symbols, point]) => texts.map((t) => "
        "Answers.evaluate(Answers.parse(t, symbols), point))",
        [texts, symbols, VALUES],
    )
    local = {name: sympy.Symbol(name) for name in VALUES}
    for (text, same), (real, imaginary) in zip(READ, values, strict=True):
        expected = float(sympy.sympify(same, locals=local).subs(VALUES))
        assert real == pytest.approx(expected, rel=1e-13), text
        assert imaginary == 0


def test_symbols_come_before_constants_and_functions(script):
    read = "([text, symbols, point]) => Answers.evaluate(Answers.parse(text, symbols), point)"
    assert script.evaluate(read, ["2e + e^2", ["e"], {"e": 3}]) == [15, 0]
    assert script.evaluate(read, ["2 gamma (1 + X)", ["gamma", "X"], {"gamma": 3, "X": 1}]) == [
        12,
        0,
    ]
    assert script.evaluate(read, ["gamma(5)", [], {}])[0] == pytest.approx(24, rel=1e-13)


PROBLEMS = [
    ("", "Something is missing at the end."),
    ("1 +", "Something is missing at the end."),
    ("0,5", "Write a decimal point, as in 0.5"),
    ("1, 2", "a list stands in square brackets"),
    ("exp(1, 2)", "Write a decimal point"),
    ("(1 + 2", "A bracket is not closed: ) is missing."),
    ("[1, 2", "A bracket is not closed: ] is missing."),
    ("|x", "A bracket is not closed: | is missing."),
    ("1)", "A bracket is closed but never opened."),
    ("2 [3]", "Square brackets hold a list: use round ones here."),
    ("2 3", "Put a sign between 2 and 3."),
    ("1.2.3", "Put a sign between 1.2 and .3."),
    ("sin x", "Put brackets after sin, as in sin(2)."),
    ("exp^2(x)", "Put brackets after exp"),
    ("foo(x)", "Unknown function foo: known are sqrt, exp,"),
    ("x = 2", "Give the right-hand side alone, without =."),
    ("2 § 3", "The sign § has no meaning here."),
    ("x!", "The sign ! has no meaning here."),
    ("* 2", "Something is missing or too much at *."),
    ("()", "Something is missing or too much at )."),
    ("1" * 1001, "That is too long to be the answer."),
    ("alert(1)", "Unknown function alert"),
    ("constructor", "Unknown symbol constructor: use only x."),
    ("__proto__(1)", "The sign _ has no meaning here."),
]


def test_bad_input_gets_a_sentence(script):
    x = exercises.expression(sympy.Symbol("x") ** 2)
    for (text, message), (correct, said) in zip(
        PROBLEMS[1:],
        judge(script, [(text, "x") for text, _ in PROBLEMS[1:]], {"x": x}),
        strict=True,
    ):
        assert correct is False
        assert message in said, text
    assert judge(script, [("[x^2]", "x")], {"x": x}) == [
        [False, "One formula is expected, not a list."]
    ]
    for nothing in ("", "   "):
        ((correct, said),) = judge(script, [(nothing, "x")], {"x": x})
        assert correct is None
        assert said.startswith("No answer yet")


def test_no_input_raises(script):
    """Neither random signs, nor depth, nor a long line."""
    chance = random.Random(22)
    signs = [*"+-*/^()[]|,.=√ 0123e xyaBσ²_\\{}", "exp(", "sqrt", "2.5e", "**", "[1, ", "😀", "\n"]
    texts = ["".join(chance.choices(signs, k=chance.randint(1, 25))) for _ in range(3000)]
    texts += [sign * 999 for sign in ("(", "-", "|", "[", "x", "2^", "√", "exp(")]
    texts += ["(" * 499 + "x" + ")" * 499, "[" * 499 + "]" * 499, "x^" * 499 + "2", "-" * 998 + "1"]
    checkers = {
        "number": exercises.number(0.5),
        "list": exercises.number([[1, 2], [3, 4]]),
        "function": exercises.function(np.exp, at=[0.5, 1.0]),
        "expression": exercises.expression(sympy.sympify("x**2 + sigma/B")),
    }
    tries = [(text, name) for text in texts for name in checkers]
    for correct, message in judge(script, tries, checkers):
        assert correct in (True, False, None)
        assert message


def test_special_functions_agree_with_mpmath(script):
    points = [0.3, 1.7, 5.5, -0.4, -2.3, 0.5 + 0.7j, -1.2 + 0.4j, 2.5 - 1.5j, -3.0 + 0.1j]
    apply = """([names, points]) => names.map((f) => points.map(([a, b]) => {
        const tree = Answers.parse(`${f}(a + sqrt(-1) b)`, ["a", "b"]);
        return Answers.evaluate(tree, { a, b });
    }))"""
    pairs = [[complex(z).real, complex(z).imag] for z in points]
    for name, values in zip(FUNCTIONS, script.evaluate(apply, [FUNCTIONS, pairs]), strict=True):
        for z, (real, imaginary) in zip(points, values, strict=True):
            expected = complex(getattr(mpmath, name)(z))
            assert complex(real, imaginary) == pytest.approx(expected, rel=1e-11), (name, z)


def test_powers_agree_with_mpmath(script):
    numbers = [2.0, -2.0, 0.5, -0.5, 3.0, 1 / 3, 1 + 2j, -1 - 0.5j, 70.0]
    pairs = [[[complex(z).real, complex(z).imag] for z in (a, b)] for a in numbers for b in numbers]
    apply = """(pairs) => pairs.map(([[a, b], [c, d]]) => Answers.evaluate(
        Answers.parse("(a + sqrt(-1) b)^(c + sqrt(-1) d)", [..."abcd"]), { a, b, c, d }))"""
    for ((a, b), (c, d)), (real, imaginary) in zip(
        pairs, script.evaluate(apply, pairs), strict=True
    ):
        expected = complex(mpmath.power(complex(a, b), complex(c, d)))
        assert complex(real, imaginary) == pytest.approx(expected, rel=1e-11), (a, b, c, d)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1/(2 B)", r"\frac{1}{2\,B}"),
        ("alpha/2B", r"\frac{\alpha }{2}\,B"),
        ("a - (b + c)", r"a-\left(b+c\right)"),
        ("(a + b) c", r"\left(a+b\right)\,c"),
        ("2 * 3^x_1", r"2\cdot {3}^{x_{1}}"),
        ("exp(-x)^2", r"{\left(\operatorname{exp}\left(-x\right)\right)}^{2}"),
        ("sqrt(|x|) gamma(2)", r"\sqrt{\left|x\right|}\,\Gamma\left(2\right)"),
        ("[1, 2e-3]", r"\left[1,\;{2\cdot10^{-3}}\right]"),
        ("lam", r"\mathrm{lam}"),
    ],
)
def test_what_was_read_is_written_back(text, written, script):
    assert script.evaluate("(text) => Answers.tex(Answers.parse(text))", text) == written


# --- the built site ------------------------------------------------------------------------------


def test_script_is_small():
    assert SCRIPT.stat().st_size < 30_000


PAGES = sorted({exercise.page for exercise in EXERCISES})


@pytest.mark.parametrize("page", PAGES)
def test_every_exercise_has_a_line_and_its_data(page, site):
    text = (site / f"book/{page}.html").read_text(encoding="utf-8")
    document = BeautifulSoup(text, "html.parser")
    checkers = {e.name: e.checker for e in EXERCISES if e.page == page}
    forms = document.select(".exercise form.answer[hidden]")
    assert {form["data-exercise"] for form in forms} == set(checkers)
    assert len(document.select(".exercise")) == len(forms)
    for form in forms:
        assert form.input["placeholder"].startswith("a ")
    (data,) = document.select("script.answers")
    assert json.loads(base64.b64decode(data.string)) == json.loads(
        base64.b64decode(answers.encoded(page, checkers))
    )


def test_cells_that_only_ask_are_folded_and_data_stay_in_sight(site):
    text = (site / "book/transformer.html").read_text(encoding="utf-8")
    document = BeautifulSoup(text, "html.parser")
    asking = [c for c in document.select("div.cell") if re.search(r", \.\.\.\)", c.text)]
    shown = [cell for cell in asking if not cell.select("details.hide")]
    assert len(shown) == 1  # the sample of a tail
    assert "sample" in shown[0].text
    lines = document.select("form.answer input")
    assert "a list of numbers: [learning rate, iterations]" in [i["placeholder"] for i in lines]


@pytest.fixture
def opened(browser, site):
    """A page with exercises, opened from disk, and what goes wrong in its scripts."""
    page = browser.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto((site / "book/learning_dynamics.html").as_uri())
    yield page
    page.close()


def test_an_answer_is_judged_and_remembered(opened):
    form = opened.locator("form[data-exercise='noise-of-x']")
    line, output = form.get_by_label("Your answer to Which V?"), form.locator("output")
    progress = opened.locator("h2 .answers-progress")
    assert progress.inner_text() == "0 of 8 solved"
    assert not output.is_visible()

    line.fill("2 w A")
    line.press("Enter")
    assert output.inner_text().startswith("✗ The factor multiplies the noise")
    form.locator(".answer-read mjx-container").wait_for()
    assert progress.inner_text() == "0 of 8 solved"

    line.fill("(2w)^2 A")
    form.get_by_role("button", name="Check").click()
    assert output.inner_text().startswith("✓ Correct.")
    assert output.get_attribute("aria-live") == "polite"
    assert progress.inner_text() == "1 of 8 solved"

    line.fill("w A")
    line.press("Enter")
    assert output.inner_text().startswith("✗")
    assert progress.inner_text() == "1 of 8 solved"  # solved once is solved

    opened.reload()
    assert line.input_value() == "(2w)^2 A"
    assert output.inner_text().startswith("✓ Correct.")
    assert progress.inner_text() == "1 of 8 solved"

    line.fill("")
    line.press("Enter")
    assert output.inner_text().startswith("… No answer yet")
    assert progress.inner_text() == "0 of 8 solved"
    opened.reload()
    assert line.input_value() == ""
    assert opened.problems == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_a_whole_page_is_solved_with_a_browser_and_nothing_else(name, width, theme, browser, site):
    """From disk, every request to another place blocked, both themes, desktop and phone."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    page.route(re.compile("^(?!file:|data:|blob:)"), lambda route: route.abort())
    page.goto((site / f"book/{name}.html").as_uri())
    asked = [e for e in EXERCISES if e.page == name]
    for solved, exercise in enumerate(asked, 1):
        form = page.locator(f"form[data-exercise='{exercise.name}']")
        line = form.locator("input")
        line.fill(typed(exercise)[0])
        line.press("Enter")
        assert form.locator("output").inner_text().startswith("✓ Correct.")
        progress = page.locator("h2 .answers-progress").inner_text()
        assert progress == f"{solved} of {len(asked)} solved"
    for live in page.locator(".explorable").all():
        assert live.locator("svg, canvas").count() > 0
    assert problems == []
    page.close()


def test_answers_need_no_memory(opened):
    opened.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    opened.reload()
    line = opened.locator("form[data-exercise='width'] input")
    line.fill("8e-5")
    line.press("Enter")
    assert opened.locator("form[data-exercise='width'] output").inner_text() == "✓ Correct."
    assert opened.locator(".answers-progress").inner_text() == "1 of 8 solved"


def test_without_scripts_the_page_has_no_dead_line(browser, site):
    page = browser.new_page(java_script_enabled=False)
    page.goto((site / "book/learning_dynamics.html").as_uri())
    assert page.locator("form.answer").count() == 8
    assert not page.locator("form.answer").first.is_visible()
    page.close()
