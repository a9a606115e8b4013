"""The built site in a real browser, served from this machine, both themes, wide screen and phone.

Screenshots go to ``_build/screenshots``. Without Chromium these tests skip, unless the environment
variable REQUIRE_BROWSER is set.
"""

import functools
import http.server
import importlib.util
import os
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "_build" / "screenshots"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(page["file"] for part in TOC["parts"] for page in part["chapters"])]
REFERENCE = [name for name in PAGES if name.startswith("book/api")]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Visit:
    """An open page and what went wrong on it."""

    page: object
    problems: list[str] = field(default_factory=list)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(site):
    """The site on a free port of this machine."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def visit(browser, address):
    """Function that opens a page of the site once and notes errors and requests to other hosts."""

    @functools.cache
    def open_page(name, phone=False):
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP, color_scheme="light", reduced_motion="reduce"
        )
        result = Visit(context.new_page())
        page, note = result.page, result.problems.append
        page.on("console", lambda m: m.type == "error" and note(f"console: {m.text}"))
        page.on("pageerror", lambda error: note(f"script error: {error}"))
        page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        page.on("response", lambda r: r.status >= 400 and note(f"{r.status}: {r.url}"))

        def only_ours(route):
            url = route.request.url
            if url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                note(f"request to another host: {url}")
                route.abort()

        page.route("**/*", only_ours)
        page.goto(f"{address}/{name}.html", wait_until="load")
        page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => null) : null")
        page.evaluate("document.fonts.ready.then(() => null)")
        return result

    return open_page


def screenshot(visited, name, kind):
    path = SCREENSHOTS / f"{name.replace('/', '-')}-{kind}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    visited.page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_in_both_themes_without_errors_and_without_other_hosts(name, visit):
    visited = visit(name)
    for theme in ("dark", "light"):
        visited.page.emulate_media(color_scheme=theme)
        visited.page.wait_for_function(
            "t => document.documentElement.dataset.theme === t", arg=theme
        )
        screenshot(visited, name, theme)
    assert visited.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_page_weighs_little_without_its_pictures(name, site):
    """Below 300 kB, live figures included."""
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    assert len(re.sub(r"data:image/[^\"]*", "", html).encode()) < 300_000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_without_spans_has_the_colour_of_names(theme, visit):
    page = visit("book/sgd").page
    page.emulate_media(color_scheme=theme)
    page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
    plain, *spans, operator = page.evaluate(
        """() => {
            const code = document.querySelector("article div.highlight pre");
            const colour = (kind) => {
                const span = document.createElement("span");
                span.className = kind;
                code.append(span);
                const result = getComputedStyle(span).color;
                span.remove();
                return result;
            };
            return ["", "n", "nn", "nx", "p", "pm", "w", "o"].map(colour);
        }"""
    )
    page.emulate_media(color_scheme="light")
    assert set(spans) == {plain} != {operator}
    assert page.locator("div.highlight .o").count() > 100
    assert page.locator("div.highlight .n, div.highlight .p").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_formulas_are_typeset(name, visit):
    page = visit(name).page
    formulas = page.locator(".math, .claim:has-text('\\\\(')").count()
    assert page.locator("mjx-merror").count() == 0
    if formulas:
        assert page.locator("mjx-container").count() > 0
    # Nobody should see TeX. Code is another matter.
    raw = page.evaluate(
        """() => {
            const article = document.querySelector("article").cloneNode(true);
            article.querySelectorAll("pre, code, script, mjx-container").forEach((e) => e.remove());
            return article.textContent.match(/.{0,30}(\\\\\\(|\\\\\\[|\\$[^$]+\\$).{0,30}/g) ?? [];
        }"""
    )
    assert raw == []


@pytest.mark.parametrize("name", PAGES)
def test_phone_never_scrolls_sideways(name, visit):
    visited = visit(name, phone=True)
    screenshot(visited, name, "phone")
    wide = visited.page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            return [...document.querySelectorAll("article *")]
                .filter((e) => e.getBoundingClientRect().right > room + 1)
                .map((e) => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 60)}`);
        }"""
    )
    assert wide == []
    assert visited.problems == []
    scrolled = visited.page.evaluate("() => { scrollTo(1000, 0); return scrollX; }")
    assert scrolled == 0


CUT = """() => [...document.querySelectorAll(
        "article mjx-container[display=true], article div.highlight pre, article table")]
    .filter((e) => e.offsetParent && !e.closest("details:not([open])"))
    .filter((e) => {
        const box = e.matches("table") ? e.parentElement : e;
        return box.scrollWidth > box.clientWidth + 1;
    })
    .map((e) => `${e.tagName} ${e.scrollWidth}: ${(e.textContent || "").slice(0, 80)}`)"""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_at_1280(name, visit):
    """No equation, line of code or table is wider than its column, folded code included."""
    page = visit(name).page
    page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
    wide = [e for e in page.evaluate(CUT) if name not in {"book/evidence", *REFERENCE}]
    assert wide == []


@pytest.mark.parametrize("name", PAGES)
def test_what_is_wide_on_a_phone_scrolls_in_itself(name, visit):
    page = visit(name, True).page
    page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
    hidden = page.evaluate(
        """() => {
        const scrolls = (e) => {
            for (let b = e; b && b.tagName !== "ARTICLE"; b = b.parentElement) {
                if (["auto", "scroll"].includes(getComputedStyle(b).overflowX)) return true;
            }
            return false;
        };
        return [...document.querySelectorAll(
                "article mjx-container[display=true], article pre, article table, article img")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth && !scrolls(e))
            .map((e) => `${e.tagName}: ${(e.textContent || e.alt || "").slice(0, 80)}`);
    }"""
    )
    assert hidden == []


@pytest.mark.parametrize("name", PAGES)
def test_letters_in_figures_stay_legible_on_a_phone(name, visit):
    """Drawn at 11 and 9 points (`small`), they come out at no less than 9 pixels."""
    page = visit(name, True).page
    shrunk = page.evaluate(
        """() => [...document.querySelectorAll("article .cell_output figure img[src$='.svg']")]
            .map((e) => [e.getBoundingClientRect().width / e.naturalWidth, e.alt])
            .filter(([scale]) => scale < 0.74)"""
    )
    assert shrunk == []


def test_one_switch_shows_and_hides_all_code(visit):
    page = visit("book/learning_dynamics").page
    page.reload()
    button = page.locator(".code-switch")
    folded, plain = "details.hide.above-input", "div.cell > .cell_input"
    assert page.locator(f"{folded}[open]").count() == 0
    assert page.locator(plain).first.is_visible()
    button.click()
    assert page.locator(f"{folded}[open]").count() == page.locator(folded).count() > 0
    button.click()
    assert not page.locator(plain).first.is_visible()
    assert not page.locator(folded).first.is_visible()
    button.click()
    assert page.locator(plain).first.is_visible()
    assert page.locator(f"{folded}[open]").count() == 0


def test_claims_fold_into_a_strip_that_opens(visit):
    page = visit("book/learning_dynamics").page
    page.reload()
    page.evaluate("MathJax.startup.promise.then(() => null)")
    strip = page.locator("details.claims").first
    assert not strip.locator("li").first.is_visible()
    strip.locator("summary").click()
    assert strip.locator("li").first.is_visible()
    assert strip.locator("mjx-container").count() > 0  # formulas of the lines are typeset


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_captions_are_legible(scheme, visit):
    """Weight 400, contrast at least 7:1."""
    page = visit("book/learning_dynamics").page
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector(f"html[data-theme={scheme}]")
    contrast, weight = page.evaluate(
        """() => {
        const light = (color) => {
            const [r, g, b] = color.match(/[0-9.]+/g).slice(0, 3).map((x) => x / 255)
                .map((x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const caption = document.querySelector("figcaption .caption-text");
        const style = getComputedStyle(caption);
        const [a, b] = [style.color, getComputedStyle(document.body).backgroundColor].map(light);
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), style.fontWeight];
    }"""
    )
    assert contrast >= 7
    assert weight == "400"


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_in_the_basics(name, visit):
    page = visit(name).page
    assert page.locator("article h1").count() == 1
    assert page.get_attribute("html", "lang")
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("article input, article select, article textarea")]
            .filter((e) => e.type !== "hidden" && e.type !== "checkbox")
            .filter((e) => !e.labels?.length && !e.getAttribute("aria-label"))
            .map((e) => e.outerHTML)"""
    )
    assert unnamed == []


def test_icons_are_drawn_and_their_script_is_small(visit, site):
    page = visit("book/index").page
    assert page.locator("i[class*=fa-]").count() == 0  # each has become a drawing
    paths = page.locator("svg.svg-inline--fa path")
    assert paths.count() >= 10
    assert all(path.get_attribute("d") for path in paths.all())
    assert (site / "_static/scripts/fontawesome.js").stat().st_size < 150_000


@pytest.fixture(scope="module")
def axe():
    """The script of axe-core, which finds barriers on a page."""
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        reason = "axe-playwright-python is not installed"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(reason)
    return Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")


# Levels A and AA, and two rules besides.
BARRIERS = """async () => {
    const found = await axe.run({
        runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
        rules: { "empty-table-header": { enabled: true }, region: { enabled: true } },
        resultTypes: ["violations"],
    });
    // axe does not read the MathML that a heading of a table may consist of.
    const isFormula = (n) => document.querySelector(n.target[0])?.querySelector("math");
    return found.violations.flatMap(({ id, nodes }) =>
        nodes.filter((n) => id !== "empty-table-header" || !isFormula(n))
            .map((n) => `${id}: ${n.html}`));
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_barriers_in_either_theme(name, visit, axe):
    page = visit(name).page
    page.evaluate("document.querySelectorAll('article details').forEach((e) => (e.open = true))")
    page.evaluate(axe)
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"html[data-theme={theme}]")
        assert page.evaluate(BARRIERS) == []


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_solutions_are_closed_and_formulas_are_announced(name, browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{name}.html")
    assert page.locator("article details.dropdown[open], article .toggle-button").count() == 0
    assert page.locator("article .admonition.dropdown:not(details)").count() == 0
    notice = page.locator(".no-scripts:visible").count()
    assert notice == bool(page.locator("article .math").count())
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_slider_is_dead(name, visit):
    """A slider follows the arrow keys and changes what its figure shows."""
    page = visit(name).page
    assert page.locator(".jupyter-widgets, .widget-slider, [data-mime-type*=widget]").count() == 0
    for slider in page.locator("article input[type=range]").all():
        figure = slider.locator("xpath=ancestor::*[contains(@class, 'explorable')]")
        slider.scroll_into_view_if_needed()
        # Away from the end the slider may stand at.
        at_the_end = slider.evaluate("e => +e.value >= +e.max")
        before, shown = slider.input_value(), figure.inner_html()
        slider.focus()
        slider.press("ArrowLeft" if at_the_end else "ArrowRight")
        assert slider.input_value() != before
        page.wait_for_timeout(100)
        assert figure.inner_html() != shown


def test_evidence_links_lead_somewhere(visit):
    """Each chapter and each figure that the table names exists."""
    page = visit("book/evidence").page
    links = page.eval_on_selector_all(
        "article section a.reference.internal", "a => a.map(e => e.href)"
    )
    assert links
    for link in sorted(set(links)):
        response = page.request.get(link.partition("#")[0])
        assert response.ok, link
        anchor = link.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in response.text(), link


def test_figures_change_with_the_theme_and_maps_do_not(visit):
    """Line plots are recoloured on a dark page; pictures of class keep-colors are not."""
    page = visit("book/index").page
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-theme=dark]")
    style = "e => getComputedStyle(e).filter"
    assert "invert" in page.locator("figure img[src$='.svg']").first.evaluate(style)
    page.locator("figure img").first.evaluate("e => e.classList.add('keep-colors')")
    assert page.locator("figure img.keep-colors").first.evaluate(style) == "none"


def test_api_reference_is_complete(visit):
    """Every module that is imported by its name stands in the reference; a room as a whole."""
    described = " ".join(visit(name).page.content() for name in REFERENCE)
    package = ROOT / "lecture_utils"
    files = [*package.glob("*.py"), *package.glob("teaching/*.py"), *package.glob("*/__init__.py")]
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (*files, package / "teaching/explorables/__init__.py")
        if not path.stem.startswith("_") or path.parent != package
    } - {"lecture_utils.teaching", "lecture_utils.teaching._display"}
    missing = {name for name in modules if f'id="module-{name}"' not in described}
    assert missing == set()
