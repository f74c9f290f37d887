"""What a GGUF file stores as what: the layers that llama.cpp keeps wider, shown one by one."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from calculator.catalogue.recipe import by_role, recipe
from calculator.core import gguf
from calculator.core.architecture import Shape, read_config

DATA = Path(__file__).parents[2] / "data" / "models.json"
CONFIGS: dict[str, Any] = {
    row["id"]: row["config"] for row in json.loads(DATA.read_text(encoding="utf-8"))
}


def model(name: str) -> Shape:
    return read_config(CONFIGS[name])


def test_half_of_the_layers_keep_values_and_down_projections_at_more_bits() -> None:
    """llama.cpp, src/llama-quant.cpp: the first and last eighth, and every third layer between."""
    found = recipe(model("llama-3-8b"), "Q4_K_M")
    assert found is not None
    rows = {row.name: row for row in found.rows}

    wide = [cell for cell in rows["ffn_down"].cells if cell.shade == 1]

    assert rows["ffn_down"].stored == "Q6_K in 16, Q4_K in 16"
    assert rows["attn_v"].stored == "Q6_K in 16, Q4_K in 16"
    assert wide[0].width == "12.500%"
    assert {cell.width for cell in wide[1:-1]} == {"3.125%"}
    assert rows["output"].stored == "Q6_K"
    assert not rows["output"].cells


def test_layers_without_a_tensor_leave_a_gap() -> None:
    found = recipe(model("deepseek-v3"), "Q4_K_M")
    assert found is not None
    rows = {row.name: row for row in found.rows}

    cells = rows["ffn_down_exps"].cells

    assert cells[0].x == "4.918%"
    assert rows["ffn_down_exps"].words == "experts, down"


def test_the_embeddings_come_first_and_the_head_last() -> None:
    found = recipe(model("llama-3-8b"), "Q4_K_M")
    assert found is not None

    names = [row.name for row in found.rows]

    assert (names[0], names[-1]) == ("token_embd", "output")
    assert [kind.name for kind in found.kinds] == ["Q4_K", "Q6_K", "F32"]


def test_the_layers_of_an_encoder_with_a_decoder_are_drawn_as_layers() -> None:
    found = recipe(model("t5-base"), "Q4_K_M")
    assert found is not None
    rows = {row.name: row for row in found.rows}

    assert rows["enc.ffn_up"].words == "encoder: feed-forward, up"
    assert rows["dec.cross_attn_k"].words == "decoder: keys of the encoder"
    assert rows["dec.ffn_down"].stored == "Q6_K in 6, Q4_K in 6"
    assert sum(float(cell.width[:-1]) for cell in rows["dec.ffn_down"].cells) == pytest.approx(
        100, abs=0.1
    )


@pytest.mark.parametrize("name", ["llama-3-8b", "deepseek-v3", "t5-base", "gemma-3-1b"])
def test_no_tensor_of_a_file_is_lost(name: str) -> None:
    file = gguf.file_size(model(name), "Q4_K_M")

    kept = by_role(file).values()

    assert sum(line.bytes for lines in kept for line in lines.values()) == file.tensor_bytes


@pytest.mark.parametrize(("name", "stored"), [("llama-3-8b", "bf16"), ("opt-1.3b", "Q4_K_M")])
def test_what_is_no_gguf_file_has_no_recipe(name: str, stored: str) -> None:
    assert recipe(model(name), stored) is None


@pytest.mark.django_db
def test_the_page_follows_the_chosen_format(client: Client) -> None:
    files = client.get("/models/llama-3-8b/?format=Q5_K_M").text
    plain = client.get("/models/llama-3-8b/?format=bf16").text

    assert "Which tensor Q5_K_M stores as what" in files
    assert "stores as what" not in plain
