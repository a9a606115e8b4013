"""Buttons that need the address of the repository: shown only when a build is told the address.

Environment variables of a build:

BOOK_REPOSITORY_URL
    Where the repository is published, ``https://github.com/OWNER/NAME``. Unset: no buttons.
BOOK_REPOSITORY_BRANCH
    Branch that the buttons point at, ``main`` by default.
BOOK_SITE_URL
    Where the site is published; makes the addresses in link previews absolute.
"""

from __future__ import annotations

import os


def use_published_addresses(app, config) -> None:
    """Fill in the theme's options from the environment."""
    if url := os.environ.get("BOOK_REPOSITORY_URL", "").rstrip("/").removesuffix(".git"):
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": os.environ.get("BOOK_REPOSITORY_BRANCH", "main"),
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {
                "binderhub_url": "https://mybinder.org",
                "notebook_interface": "jupyterlab",
            },
        }
    if site := os.environ.get("BOOK_SITE_URL", "").rstrip("/"):
        config.html_baseurl = config.ogp_site_url = f"{site}/"


def setup(app):
    app.connect("config-inited", use_published_addresses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
