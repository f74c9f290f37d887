"""The rules of relations."""

import pytest

from glossary.relations import Edge, problems

GOOD = [
    Edge("weight", "broader", "parameter"),
    Edge("parameter", "broader", "network"),
    Edge("weight", "contrast", "bias"),
    Edge("weight", "read-first", "parameter"),
    Edge("weight", "related", "matrix"),
]


def test_a_graph_that_keeps_the_rules_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        (Edge("bias", "related", "bias"), "“bias” is related to itself"),
        (Edge("network", "broader", "weight"), "leads back to itself through “broader”"),
        (Edge("parameter", "read-first", "weight"), "leads back to itself through “read first”"),
        (Edge("bias", "contrast", "weight"), "are joined twice: contrast, contrast"),
        (Edge("bias", "related", "weight"), "are joined twice: contrast, related"),
        (Edge("weight", "related", "network"), "cannot also be “related”"),
        (Edge("network", "contrast", "weight"), "cannot also be “contrast”"),
    ],
)
def test_a_relation_that_breaks_a_rule_is_named(edge: Edge, sentence: str) -> None:
    found = problems([*GOOD, edge])

    assert any(sentence in problem for problem in found)
