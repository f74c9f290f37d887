"""The rules of relations between entries, checked over the whole graph (SKOS, and two of ours).

broader and read-first have no cycles; related and contrast never join an entry with one of its
broader terms; a pair is related or contrasted, not both. Source: SKOS reference, S27 and section
8.6.8, https://www.w3.org/TR/skos-reference/ (related is disjoint with broader-transitive).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Edge(NamedTuple):
    source: str
    kind: str
    target: str


INVERSE = {
    "broader": "narrower",
    "narrower": "broader",
    "related": "related",
    "contrast": "contrast",
    "read-first": "read-next",
    "read-next": "read-first",
}


def problems(edges: Iterable[Edge]) -> list[str]:
    """Return one sentence for each rule that the relations break; none means that all is well."""
    edges = list(edges)
    broader = graph(edge for edge in edges if edge.kind == "broader")
    return [
        *(f"“{edge.source}” is related to itself" for edge in edges if edge.source == edge.target),
        *cycles(broader, "broader"),
        *cycles(graph(edge for edge in edges if edge.kind == "read-first"), "read first"),
        *doubled(edges),
        *within_family(edges, broader),
    ]


def graph(edges: Iterable[Edge]) -> dict[str, set[str]]:
    result: dict[str, set[str]] = {}
    for edge in edges:
        result.setdefault(edge.source, set()).add(edge.target)
    return result


def reachable(links: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(links.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(links.get(name, ()))
    return found


def cycles(links: Mapping[str, set[str]], kind: str) -> Iterator[str]:
    for name in sorted(links):
        if name in reachable(links, name):
            yield f"“{name}” leads back to itself through “{kind}”"


def doubled(edges: Iterable[Edge]) -> Iterator[str]:
    seen: dict[frozenset[str], str] = {}
    for edge in edges:
        if edge.kind in {"related", "contrast"}:
            pair = frozenset((edge.source, edge.target))
            if pair in seen:
                kinds = f"{seen[pair]}, {edge.kind}"
                yield f"“{edge.source}” and “{edge.target}” are joined twice: {kinds}"
            seen[pair] = edge.kind


def within_family(edges: Iterable[Edge], broader: Mapping[str, set[str]]) -> Iterator[str]:
    for edge in edges:
        if edge.kind not in {"related", "contrast"}:
            continue
        for below, above in ((edge.source, edge.target), (edge.target, edge.source)):
            if above in reachable(broader, below):
                yield (
                    f"“{below}” is a kind or part of “{above}”, so the two cannot also be"
                    f" “{edge.kind}”"
                )
