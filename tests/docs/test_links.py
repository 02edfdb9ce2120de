"""Every link of a page leads somewhere in the repository."""

from pathlib import Path

import pytest

from .pages import ROOT, anchors, links, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no {target}"
        assert not anchor or anchor in anchors(target), f"{link}: no heading #{anchor}"


def test_the_index_lists_every_page() -> None:
    docs = ROOT / "docs"
    listed = {(docs / link).resolve() for link in links(docs / "README.md")}
    listed |= {
        (docs / "decisions" / link).resolve() for link in links(docs / "decisions/README.md")
    }
    assert set(docs.rglob("*.md")) - listed == {docs / "README.md"}
