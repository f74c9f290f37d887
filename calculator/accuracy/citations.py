"""Turns the sources of measurements into short names with addresses and a numbered list."""

import re
from dataclasses import dataclass

GITHUB = re.compile(
    r"(?:github )?(?P<name>[\w.-]+/[\w.-]+)"
    r"(?:#(?P<thread>\d+)|(?:@(?P<pin>[0-9a-f]{7,40}))?:(?P<path>[\w./-]+))?"
    r"(?: @(?P<commit>[0-9a-f]{7,40}))?"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """One source: its number in the list, the short name of a cell, the whole text, an address."""

    number: int
    name: str
    text: str
    url: str


def cite(source: str, number: int) -> Citation:
    """Return a source with the address that its text implies; none where it names no place."""
    text = source.removeprefix("github ")
    name, url = on_github(source) or elsewhere(text)
    return Citation(number, name, text, url)


def on_github(source: str) -> tuple[str, str] | None:
    match = GITHUB.match(source)
    if match is None or "." in match["name"].partition("/")[0]:
        return None
    name, thread, path = match["name"], match["thread"], match["path"]
    base = f"https://github.com/{name}"
    if thread:
        return f"{name}#{thread}", f"{base}/issues/{thread}"
    commit = match["commit"] or match["pin"] or "HEAD"
    return name, f"{base}/blob/{commit}/{path}" if path else base


def elsewhere(text: str) -> tuple[str, str]:
    place = text.split(" ", maxsplit=1)[0]
    known = re.fullmatch(r"[\w-]+(\.[\w-]+)+/\S*", place)
    return (place, f"https://{place}") if known else (text.partition(",")[0], "")


class Citations:
    """Numbers sources in the order in which they are asked for."""

    def __init__(self) -> None:
        self.known: dict[str, Citation] = {}

    def __call__(self, source: str) -> Citation:
        if source not in self.known:
            self.known[source] = cite(source, len(self.known) + 1)
        return self.known[source]

    @property
    def all(self) -> list[Citation]:
        return list(self.known.values())
