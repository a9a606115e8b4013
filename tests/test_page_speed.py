"""Pages of the built site on a slow phone: nothing that can wait stands in the way."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bs4 import BeautifulSoup

# Icons are drawn, and options read, by scripts in the text itself.
AT_ONCE = {"fontawesome.js", "documentation_options.js", "doctools.js"}
LONG_PAGE = "book/learning_dynamics"

# Formulas that appear before the browser can do anything else, and in all.
COUNT = """window.atOnce = window.formulas = 0;
new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    const formulas = added.filter((node) => node.nodeName === "MJX-CONTAINER").length;
    window.atOnce = Math.max(window.atOnce, formulas);
    window.formulas += formulas;
}).observe(document, {childList: true, subtree: true});"""


@pytest.fixture
def page(site, browser):
    """A long page with formulas, on a phone, when these are typeset."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.add_init_script(COUNT)
        page.goto(f"http://127.0.0.1:{server.server_port}/{LONG_PAGE}.html")
        page.evaluate("MathJax.startup.promise.then(() => null)")
        yield page
        page.close()
        server.shutdown()


def test_scripts_wait_for_the_page(site):
    for path in (site / "book").glob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        scripts = [s for s in soup.select("script[src]") if not s.has_attr("defer")]
        assert {s["src"].split("?")[0].split("/")[-1] for s in scripts} <= AT_ONCE


def test_drawings_have_their_own_size(page):
    sizes = page.evaluate(
        """Promise.all([...document.querySelectorAll("article img")].map(async (image) => {
            await image.decode();
            return [image.getAttribute("width"), image.getAttribute("height"),
                    image.naturalWidth, image.naturalHeight].map(Number);
        }))"""
    )
    assert len(sizes) > 5
    for width, height, natural_width, natural_height in sizes:
        assert (width, height) == pytest.approx((natural_width, natural_height), abs=1)


def test_formulas_are_typeset_a_paragraph_at_a_time(page):
    at_once, formulas = page.evaluate("[window.atOnce, window.formulas]")
    assert formulas > 200
    assert at_once < formulas / 3
    # A control: by itself, MathJax typesets all that it finds at once.
    page.evaluate(
        """async () => {
            window.atOnce = window.formulas = 0;
            const text = "\\\\(x\\\\)";
            MathJax.typesetClear();
            document.querySelectorAll("mjx-container").forEach((e) => e.replaceWith(text));
            await MathJax.typesetPromise();
        }"""
    )
    assert page.evaluate("window.atOnce === window.formulas && window.formulas > 200")
