"""The shape of the code: short files, short functions, names that say something."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("config", "glossary", "calculator", "tests", "scripts")
FILES = [
    file
    for folder in FOLDERS
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in file.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = [file for file in FILES if "tests" not in file.parts]


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_has_at_most_300_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_function_has_at_most_40_lines(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))

    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and code_lines(node) > 40
    ]

    assert long == []


def code_lines(node: ast.FunctionDef) -> int:
    """Lines of a function without its docstring: formulas and sources may be long."""
    first = node.body[0]
    docstring = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


@pytest.mark.parametrize("file", CODE, ids=name)
def test_a_module_says_why_it_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert text == "" or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("file", CODE, ids=name)
def test_a_module_has_a_name_that_says_something(file: Path) -> None:
    assert file.stem not in {"utils", "helpers", "common", "services", "misc"}


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_a_template_holds_no_inline_script_or_style(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+|hx-on[^=]*)=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("file", [*CODE, *TEMPLATES], ids=name)
def test_nothing_is_left_to_do(file: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", file.read_text(encoding="utf-8"))
