"""Lists that the server returns page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, Iterator, TypeVar

from .generated.operations import PageInfo

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list. `end_cursor` is the `after` of the next page."""

    nodes: list[T]
    has_next_page: bool
    end_cursor: str | None


class Pages(Generic[T]):
    """A list: iterate over all its elements, or read one `page`. Nothing is read before."""

    def __init__(self, after: str | None, read: Callable[[str | None], tuple[list[T], PageInfo]]) -> None:
        self._after = after
        self._read = read

    def page(self) -> Page[T]:
        return self._page(self._after)

    def __iter__(self) -> Iterator[T]:
        page = self.page()
        yield from page.nodes
        while page.has_next_page and page.end_cursor is not None:
            page = self._page(page.end_cursor)
            yield from page.nodes

    def _page(self, after: str | None) -> Page[T]:
        nodes, info = self._read(after)
        return Page(nodes, info["hasNextPage"], info["endCursor"])
