"""The check that no size is typed by hand finds what the engine could compute, and nothing else."""

import time

import pytest

from glossary.arithmetic import typed_sizes


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("It needs 140 GB.", ["140 GB"]),
        ("16GB, 16-GB, 16&nbsp;GB and **16** GB", ["16GB", "16-GB", "16 GB", "16 GB"]),
        ("a line that ends in 16\nGB", ["16 GB"]),
        ("1.5 TB, 2 PB, 10 kB, 10 KB, 3 mb", ["1.5 TB", "2 PB", "10 kB", "10 KB", "3 mb"]),
        ("1 KiB, 2 MiB, 3 GiB, 4 TiB", ["1 KiB", "2 MiB", "3 GiB", "4 TiB"]),
        ("3 gigabytes, 1 Megabyte, 2 tebibytes", ["3 gigabytes", "1 Megabyte", "2 tebibytes"]),
        ("4 GiB/token", ["4 GiB"]),
        ("8,030,261,248 and 8 030 261 248", ["8,030,261,248", "8 030 261 248"]),
        ("8030261248 and 8_030_261_248.", ["8030261248", "8_030_261_248"]),
        ("24 GB on a board [#card]", ["24 GB"]),
        ("24 GB. Later 48 GB [#card]", ["24 GB"]),
        ('"24 GB" in straight quotes', ["24 GB"]),
        ("“an opened quote\n\n24 GB”", ["24 GB"]),
        ("- a list\n\n    with 24 GB", ["24 GB"]),
        ("| cell |\n|---|\n| 24 GB |", ["24 GB"]),
    ],
)
def test_a_size_typed_in_prose_is_found(source: str, found: list[str]) -> None:
    assert typed_sizes(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "{= memory n=70 GB =} and {~ gb ~}",
        "`16 GB` and ``a ` 16 GB``",
        "```text\n16 GB\n\n8030261248\n```",
        "~~~\n16 GB\n~~~",
        "24 GB [#card]",
        "**24 GB** [#card], (24 GB) [#card]",
        "8,030,261,248 [#card] or 8,030,261,248 weights [#card]",
        "10,000,000 GB [#card]",
        "He says “it needs 140 GB of memory”.",
        "1,008 GB/s, 80 GB per second, 4 gigabytes per second",
        "[x](https://a.example/12345678) <https://a.example/12345678> [y](/12345678)",
        "[x]: https://a.example/12345678",
        "In 2024, 2025 and 2026; 131,072 tokens; 70B weights; arXiv 2401.12345; 1234567.5",
        "1,024 bytes, 4 Gb, 5 MBA, 16\n\nGB",
        "16 {= x =} GB and 16 `x` GB",
    ],
)
def test_what_is_sourced_quoted_computed_or_no_size_is_left_alone(source: str) -> None:
    assert typed_sizes(source) == []


@pytest.mark.parametrize("unit", ["`", "`a ", "1 ", "111 ", "1,", "{=", "“", "](", "```\n", "1 *"])
def test_a_hostile_source_is_checked_within_a_second(unit: str) -> None:
    source = unit * (100_000 // len(unit))
    started = time.thread_time()

    typed_sizes(source)

    assert time.thread_time() - started < 1
