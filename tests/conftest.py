"""What tests of the built book share."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The browser itself must not speak to anyone either.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIVE_FIGURES = ROOT / "lecture_utils/teaching/explorables"


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def site() -> Path:
    """Folder of the built site; the site must have been built."""
    folder = ROOT / "_build" / "html"
    if not (folder / "book" / "index.html").is_file():
        pytest.fail("there is no built book: run `make book` first (`make test` does both)")
    return folder


@pytest.fixture(scope="module")
def browser():
    """Chromium; a module at a time, since its driver allows one at a time."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        reason = f"browser tests need one of {', '.join(BROWSERS)}"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def run_javascript(tmp_path_factory):
    """Value of a JavaScript expression that knows modules of live figures, each under a name."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the JavaScript of the live figures is not checked")
    folder = tmp_path_factory.mktemp("modules")
    for file in LIVE_FIGURES.glob("*.js"):
        shutil.copy(file, folder)
    (folder / "package.json").write_text('{"type": "module"}')

    def run(modules, expression):
        script = folder / "script.js"
        imports = [f'import * as {name} from "./{file}.js";' for name, file in modules.items()]
        script.write_text("\n".join([*imports, f"console.log(JSON.stringify({expression}));"]))
        done = subprocess.run(
            [node, script], capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout)

    return run


@pytest.fixture
def show(browser):
    """Show HTML of a live figure on a page; fails at the end if the page had an error."""
    errors, pages = [], []

    def open_page(html, **options):
        page = browser.new_page(**options)
        pages.append(page)
        page.set_default_timeout(120_000)  # networks take their time on a busy machine
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.set_content(f'<html lang="en"><body>{html}</body></html>')
        page.locator("svg").first.wait_for()
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []
