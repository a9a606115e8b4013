"""Updates per second of the phase diagram in a browser, and the time of its whole map.

Run ``python benchmarks/bench_browser.py [CHROMIUM]``. Headless, software rendering, batches of
four. Wall time, the best of the rounds: a browser does not tell CPU seconds.
"""

import re
import sys
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from lecture_utils.teaching import explorables

ROUNDS = 5
UPDATES = 100_000
LEAST_UPDATES, LONGEST_MAP = 5e4, 40  # a second in one thread; seconds with two workers
TRAIN = """async ([source, updates]) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const lab = (await import(url)).laboratory();
  const normal = () => 2 * Math.random() - 1;
  const network = lab.begin(lab.draw(normal), 1);
  lab.train(network, 0.125, 1000);
  const began = performance.now();
  lab.train(network, 0.125, 1000 + updates);
  return (1000 * updates) / (performance.now() - began);
}"""


def main():
    """Measure, print and check the promises."""
    folder = Path(explorables.__file__).parent
    figure = (folder / "phase_diagram.js").read_text(encoding="utf-8")
    figure = re.sub(r'^import [^;]* from "\./stage\.js";$', "", figure, flags=re.MULTILINE)
    source = (folder / "stage.js").read_text(encoding="utf-8") + figure
    executable = sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        rate = max(page.evaluate(TRAIN, [source, UPDATES]) for _ in range(ROUNDS))
        page.set_content(explorables.phase_diagram(np.full((12, 12, 2), 0.01))._repr_html_())
        button = page.get_by_role("button", name="Draw the whole map")
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            button.click()
            page.get_by_text(": 144 of 144 points").wait_for()
            times.append(time.perf_counter() - began)
        browser.close()
    print(f"one thread: {rate:,.0f} updates a second")
    print(f"whole map, two workers: {min(times):.1f} s")
    assert rate >= LEAST_UPDATES, f"fewer than {LEAST_UPDATES:,.0f} updates a second"
    assert min(times) <= LONGEST_MAP, f"the map takes longer than {LONGEST_MAP} s"


if __name__ == "__main__":
    main()
