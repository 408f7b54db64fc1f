# SPDX-License-Identifier: Apache-2.0
"""Brings what stands outside docs/ into the site: README.md and the examples' pages, and files that pages link to."""

import pathlib
import posixpath
import re

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A link or an image of Markdown: what stands between the parentheses.
LINK = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")


def pages():
    """Page of the repository -> page of the site, for those outside docs/."""
    named = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
    for readme in ROOT.glob("examples/*/README.md"):
        named[str(readme.relative_to(ROOT))] = f"examples/{readme.parent.name}.md"
    return named


def target(page, link):
    """Path in the repository that a link of a page leads to, and its anchor; None: it leads elsewhere."""
    path, mark, anchor = link.partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), mark + anchor


def place(path):
    """Where a path of the repository stands in the site; None: nowhere."""
    if (ROOT / path).is_dir():
        path = posixpath.join(path, "README.md")
    if path in pages():
        return pages()[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    # As text, so that a browser shows it.
    return f"source/{path}.txt" if (ROOT / path).is_file() else None


def on_files(files, config):
    linked = set()
    for path in [*pages(), *(f"docs/{f.src_uri}" for f in files.documentation_pages())]:
        text = (ROOT / path).read_text()
        linked |= {where[0] for link in LINK.findall(text) if (where := target(path, link))}
        if path in pages():
            files.append(File.generated(config, pages()[path], content=text))
    for path in sorted(linked):
        if (site := place(path)) and site.startswith("source/"):
            files.append(File.generated(config, site, content=(ROOT / path).read_text()))
    return files


def on_page_markdown(markdown, page, config, files):
    here = page.file.src_uri
    path = next((ours for ours, site in pages().items() if site == here), f"docs/{here}")

    def moved(match):
        where = target(path, match[0])
        site = where and place(where[0])
        # What leads nowhere stays, and is reported as a broken link.
        return posixpath.relpath(site, posixpath.dirname(here) or ".") + where[1] if site else match[0]

    return LINK.sub(moved, markdown)
