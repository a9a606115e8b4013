"""The built book: pages, figures, claims, exercises, links, and the files Binder needs.

The build comes first (`make test` sees to it); these tests read its cache and its HTML, so that no
page runs twice.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from nbformat import NotebookNode

import evidence
import execution
import lecture_utils
import repository
from lecture_utils.teaching.claims import Claim

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "_build"
HTML = BUILD / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(page["file"] for part in TOC["parts"] for page in part["chapters"])]
CHAPTERS = [
    page["file"] for part in TOC["parts"] if part.get("numbered") for page in part["chapters"]
]
BINDER_MEMORY_MB = 2048


@dataclass(frozen=True)
class BuiltPage:
    name: str
    text: str
    notebook: NotebookNode  # with its outputs

    @property
    def code_cells(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def outputs(self) -> list[NotebookNode]:
        return [output for cell in self.code_cells for output in cell.outputs]

    @property
    def claims(self) -> list[Claim]:
        return evidence.claims_of(self.notebook)


def read_page(name: str) -> execution.Page | None:
    return execution.read_page(name, ROOT / f"{name}.md")


NOTEBOOKS = [name for name in PAGES if (ROOT / f"{name}.md").is_file() and read_page(name)]


@cache
def built_page(name: str) -> BuiltPage:
    """The page with the outputs that the build has stored, which must be up to date."""
    page, store = read_page(name), execution.Store(ROOT)
    if store.find(page.notebook) is None:
        pytest.fail(f"{name} was not executed as it is now: run `make book`")
    _, notebook = store.merge_match_into_notebook(page.notebook)
    return BuiltPage(name, page.path.read_text(encoding="utf-8"), notebook)


@pytest.fixture(params=NOTEBOOKS)
def page(request, site) -> BuiltPage:
    return built_page(request.param)


@pytest.fixture(params=CHAPTERS)
def chapter(request, site) -> BuiltPage:
    return built_page(request.param)


# ------------------------------------------------------------------ contents


def test_the_table_of_contents_lists_every_page_and_only_pages_that_exist():
    written = {file.relative_to(ROOT).with_suffix("").as_posix() for file in ROOT.glob("book/*.md")}
    assert sorted(PAGES) == sorted(written)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_a_stub(name):
    text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    assert not re.search(r"coming soon|to be written|\bTODO\b|\bTBD\b|lorem ipsum", text, re.I)
    assert "# " in text


# ------------------------------------------------------------------ executed pages


def test_page_ran_without_errors_and_warnings(page):
    for output in page.outputs:
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


def test_page_fits_into_the_memory_of_binder(page):
    timings = json.loads((BUILD / "timings.json").read_text())
    assert timings[page.name]["peak_memory_mb"] < BINDER_MEMORY_MB


def test_every_figure_has_a_name_a_caption_and_alternative_text(page):
    for cell in page.code_cells:
        if not any("image/" in mime for output in cell.outputs for mime in output.get("data", {})):
            continue
        settings = cell.metadata.get("mystnb", {})
        assert settings.get("image", {}).get("alt"), cell.source
        if "panel(" in cell.source:  # stands in for its sliders, and is no numbered figure
            continue
        assert settings.get("figure", {}).get("caption"), cell.source
        assert settings.get("figure", {}).get("name"), cell.source


def test_every_figure_is_referred_to_by_its_number(page):
    settings = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in page.code_cells]
    for name in filter(None, (figure.get("name") for figure in settings)):
        assert re.search(rf"{{numref}}`([^`]*<)?{re.escape(name)}>?`", page.text), name


def test_no_widget_state_is_shipped(page):
    """Without a kernel an ipywidgets slider moves and nothing happens."""
    assert "widgets" not in page.notebook.metadata
    for output in page.outputs:
        assert not any("jupyter.widget" in mime for mime in output.get("data", {}))


# ------------------------------------------------------------------ claims


def test_every_claim_holds(page):
    assert [claim.id for claim in page.claims if not claim.passed] == []


def test_claims_have_distinct_names_that_begin_with_their_page(site):
    claims = [(Path(name).name, claim) for name in NOTEBOOKS for claim in built_page(name).claims]
    names = [claim.id for _, claim in claims]
    assert sorted(names) == sorted(set(names))
    assert [c.id for page, c in claims if not c.id.startswith(f"{page}.")] == []


def test_a_page_claims_what_its_set_states_and_no_more(page):
    name = Path(page.name).name
    stated = import_module(f"lecture_utils.teaching.claim_sets.{name}").CLAIMS
    assert sorted(c.id for c in page.claims) == sorted(f"{name}.{key}" for key in stated)


def test_claims_point_at_figures_that_exist(page):
    figures = {
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in page.code_cells
    }
    named = {claim.figure for claim in page.claims if claim.figure}
    assert named <= figures


def test_every_chapter_has_a_claim_and_a_negative_control(chapter):
    assert {"agree", "reject"} <= {claim.expect for claim in chapter.claims}


# ------------------------------------------------------------------ exercises


def test_every_chapter_has_graded_exercises_with_solutions(chapter):
    exercises = re.findall(
        r"^`{3,}{exercise(?:-start)?}\s*(.*)\n:label:\s*(\S+)", chapter.text, re.M
    )
    solved = re.findall(r"^`{3,}{solution(?:-start)?}\s*(\S+)", chapter.text, re.M)
    assert len(exercises) >= 4
    assert all("★" in title for title, _ in exercises)
    assert sorted(label for _, label in exercises) == sorted(solved)


def test_every_exercise_of_a_chapter_can_be_checked(chapter):
    name = Path(chapter.name).name
    source = "\n".join(cell.source for cell in chapter.code_cells)
    checked = set(re.findall(r"\bcheck\(\s*[\"']([\w-]+)", source))
    checkers = import_module(f"lecture_utils.teaching.exercise_sets.{name}").CHECKERS
    assert checked == set(checkers)
    assert len(checked) >= 4


# ------------------------------------------------------------------ the site


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def documents(site) -> dict[Path, BeautifulSoup]:
    return {
        path: parsed(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts
    }


def is_external(address: str) -> bool:
    return bool(urlsplit(address).netloc)


LOADED = {
    "script": "src",
    "img": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "iframe": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
    "image": "href",
}
LINKS_THAT_LOAD_NOTHING = {"canonical", "next", "prev", "search", "index", "author", "license"}
# Addresses in scripts and styles that name a standard or a licence and are never fetched.
NAMES_ONLY = re.compile(r"^(www\.)?w3\.org$")


def test_pages_load_nothing_from_other_hosts(documents):
    loaded = []
    for path, document in documents.items():
        for element in document.find_all(list(LOADED)):
            loaded.append((path.name, element.get(LOADED[element.name], "")))
            loaded += [
                (path.name, part.split()[0])
                for part in element.get("srcset", "").split(",")
                if part
            ]
        for link in document.find_all("link"):
            if not LINKS_THAT_LOAD_NOTHING & set(link.get("rel", [])):
                loaded.append((path.name, link.get("href", "")))
    assert [entry for entry in loaded if is_external(entry[1])] == []


def test_inline_scripts_and_styles_name_no_other_host(documents):
    for path, document in documents.items():
        for element in document.find_all(["script", "style"]):
            hosts = re.findall(r"https?://([\w.-]+)", element.string or "")
            assert [host for host in hosts if not NAMES_ONLY.match(host)] == [], path


def test_stylesheets_load_nothing_from_other_hosts(site):
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", text), path


def test_internal_links_lead_somewhere(documents, site):
    broken = []
    for path, document in documents.items():
        for element in document.find_all(["a", "link", "img", "script"]):
            address = element.get("href") or element.get("src") or ""
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or not address:
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            if not target.exists():
                broken.append((path.name, address))
            elif parts.fragment and target.suffix == ".html":
                document_there = documents.get(target) or parsed(target)
                name = unquote(parts.fragment)
                if not document_there.find(id=name) and not document_there.find(
                    attrs={"name": name}
                ):
                    broken.append((path.name, address))
    assert broken == []


def test_every_image_has_alternative_text(documents):
    for path, document in documents.items():
        for image in document.find_all("img"):
            # Sphinx falls back to the address of the image, which tells a reader nothing.
            alt = image.get("alt", "")
            assert alt, (path.name, image)
            assert not re.search(r"\.(svg|png|jpe?g)$", alt), (path.name, alt)


def test_formulas_are_typeset_by_the_site_itself(site, documents):
    sources = {
        script.get("src", "")
        for script in documents[site / "book/networks.html"].find_all("script")
    }
    assert any("mathjax" in source for source in sources)
    assert list((site / "_static/mathjax").rglob("*.woff"))


# ------------------------------------------------------------------ Binder and launch buttons


def binder_links(document: BeautifulSoup) -> list[str]:
    links = [link["href"] for link in document.find_all("a", href=True)]
    return [link for link in links if "mybinder.org" in link]


def file_opened_by(link: str) -> Path:
    (interface_and_path,) = parse_qs(urlsplit(link).query)["urlpath"]
    return ROOT / interface_and_path.removeprefix("lab/tree/")


def test_launch_buttons_point_at_existing_files_or_do_not_exist(documents):
    links = [link for document in documents.values() for link in binder_links(document)]
    if not os.environ.get("BOOK_REPOSITORY_URL"):
        assert links == []
        return
    assert {file_opened_by(link) for link in links} == {ROOT / f"{name}.md" for name in NOTEBOOKS}


def test_a_build_that_knows_its_repository_has_a_button_on_every_page(tmp_path, monkeypatch):
    """Built in small: the notebooks of the book, not executed, with the theme and our extension."""
    for name in NOTEBOOKS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        front_matter = (ROOT / f"{name}.md").read_text(encoding="utf-8").split("---")[1]
        (tmp_path / f"{name}.md").write_text(f"---{front_matter}---\n# A page\n\n## Heading\n")
    pages = "\n".join(NOTEBOOKS)
    (tmp_path / "index.md").write_text(f"# Book\n```{{toctree}}\n{pages}\n```\n")
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.append({str(ROOT / 'book/_ext')!r})\n"
        "extensions = ['myst_nb', 'sphinx_book_theme', 'repository']\n"
        "html_theme = 'sphinx_book_theme'\nnb_execution_mode = 'off'\n"
    )
    monkeypatch.setenv("BOOK_REPOSITORY_URL", "https://github.com/someone/somewhere.git")
    monkeypatch.setenv("BOOK_REPOSITORY_BRANCH", "trunk")
    command = [sys.executable, "-m", "sphinx", "-q", ".", "html"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    for name in NOTEBOOKS:
        links = binder_links(parsed(tmp_path / f"html/{name}.html"))
        assert links, f"no launch button on {name}"
        for link in links:
            assert link.startswith("https://mybinder.org/v2/gh/someone/somewhere/trunk?")
            assert file_opened_by(link) == ROOT / f"{name}.md"
            assert file_opened_by(link).is_file()


@pytest.mark.parametrize("url", ["", "/"])
def test_an_unknown_repository_gives_no_button(monkeypatch, url):
    config = SimpleNamespace(html_theme_options={})
    monkeypatch.setenv("BOOK_REPOSITORY_URL", url)
    monkeypatch.delenv("BOOK_SITE_URL", raising=False)
    repository.use_published_addresses(None, config)
    assert config == SimpleNamespace(html_theme_options={})


def requirements(path: Path) -> dict[str, str]:
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    return dict(line.split("==") for line in lines if "==" in line)


def test_binder_installs_what_the_book_is_built_with():
    binder = ROOT / "binder"
    lines = (binder / "requirements.txt").read_text().splitlines()
    assert {"-r ../requirements.txt", "-r jupyterlab.txt"} <= set(lines)
    torch = requirements(binder / "requirements.txt")["torch"]
    assert torch.partition("+")[0] == requirements(ROOT / "requirements.txt")["torch"]
    assert torch.endswith("+cpu")
    # With older ones, which an image may hold already, jupytext's extension stays silent.
    assert {"jupyterlab", "notebook"} <= set(requirements(binder / "jupyterlab.txt"))
    python = (binder / "runtime.txt").read_text().strip().removeprefix("python-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={python}"
    assert all(os.access(binder / script, os.X_OK) for script in ("postBuild", "start"))
    assert "pip install --no-cache-dir --no-deps -e ." in (binder / "postBuild").read_text()


def test_constraints_agree_with_the_requirements_and_name_no_private_address():
    direct, complete = (
        {
            name.lower().replace("_", "-"): version
            for name, version in requirements(ROOT / f).items()
        }
        for f in ("requirements.txt", "constraints.txt")
    )
    assert direct.items() <= complete.items()
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_the_citation_names_the_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == lecture_utils.__version__


def test_the_package_depends_on_pinned_packages_only():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["dependencies"]) <= set(requirements(ROOT / "requirements.txt"))
