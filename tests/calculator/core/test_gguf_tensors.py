"""GGUF files: which tensors they hold and which type each takes, as llama.cpp decides."""

from calculator.core.architecture import Shape, read_config
from calculator.core.gguf import file_size
from calculator.core.gguf.roles import contents
from tests.shapes import shape_of


def types(shape: Shape, file_type: str, *, matrix: bool = False) -> dict[str, str]:
    """The type of every tensor by its name in the file."""
    lines = file_size(shape, file_type, matrix=matrix).tensors
    return {
        line.role if layer is None else f"blk.{layer}.{line.role}": line.type
        for layer, line in lines
    }


def test_an_importance_matrix_guards_the_first_layers_of_q4_0() -> None:
    shape = shape_of("llama-3-8b")

    guided = types(shape, "Q4_0", matrix=True)

    assert [guided[f"blk.{layer}.ffn_down.weight"] for layer in (3, 4)] == ["Q4_1", "Q4_0"]
    assert types(shape, "Q4_0")["blk.3.ffn_down.weight"] == "Q4_0"


def test_four_bits_give_more_to_values_and_to_some_layers() -> None:
    found = types(shape_of("llama-3-8b"), "Q4_K_M")

    layers = [n for n in range(32) if found[f"blk.{n}.attn_v.weight"] == "Q6_K"]
    assert layers == [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31]
    assert found["blk.0.attn_q.weight"] == "Q4_K"
    assert found["output.weight"] == "Q6_K"
    assert found.get("token_embd.weight") == "Q4_K"


def test_eight_experts_keep_keys_and_values_at_eight_bits() -> None:
    found = types(shape_of("mixtral-8x7b"), "Q2_K")

    assert found["blk.5.attn_k.weight"] == found["blk.5.attn_v.weight"] == "Q8_0"
    assert found["blk.5.attn_output.weight"] == "Q5_K"
    assert types(shape_of("mixtral-8x7b"), "IQ2_XXS")["blk.5.attn_k.weight"] == "Q4_K"


def test_eight_experts_get_more_bits_in_some_layers_of_iq3_m() -> None:
    found = types(shape_of("mixtral-8x7b"), "IQ3_M")

    assert found["blk.6.ffn_down_exps.weight"] == "Q4_K"
    assert found["blk.7.ffn_down_exps.weight"] == "IQ3_S"


def test_eighty_layers_raise_the_values_unless_every_head_has_its_own() -> None:
    raised = types(shape_of("llama-3-70b"), "Q3_K_S")
    own = types(shape_of("llama-3-70b", num_key_value_heads=64), "Q3_K_S")

    assert raised["blk.40.attn_v.weight"] == "Q5_K"
    assert own["blk.40.attn_v.weight"] == "Q3_K"


def test_rows_that_no_block_divides_stay_at_16_bits() -> None:
    found = types(shape_of("mamba-130m"), "Q4_K_M")

    assert found["blk.0.ssm_dt.weight"] == "F16"
    assert found["blk.0.ssm_conv1d.weight"] == "F32"
    assert types(shape_of("qwen2-0.5b"), "Q4_K_M")["blk.0.attn_q.weight"] == "Q5_0"


def test_experts_are_the_only_mxfp4_tensors_besides_latent_projections() -> None:
    found = types(shape_of("deepseek-v3"), "MXFP4_MOE")

    four = {
        name.partition(".")[2].partition(".")[2] for name, kind in found.items() if kind == "MXFP4"
    }
    experts = {f"ffn_{part}_exps.weight" for part in ("gate", "up", "down")}
    assert four == experts | {"attn_k_b.weight", "attn_v_b.weight"}


def test_the_router_bias_is_stored_though_it_is_no_parameter() -> None:
    shape = shape_of("deepseek-v3")

    size = file_size(shape, "F16")

    assert size.weights - shape.total_parameters == 58 * 256


def test_falcon_stores_a_head_although_it_is_tied() -> None:
    shape = shape_of("falcon-7b")

    assert shape.tied
    assert types(shape, "Q4_K_M")["output.weight"] == "Q8_0"


def test_long_rope_stores_one_table_for_long_texts_and_one_for_short() -> None:
    held = contents(shape_of("phi-4-mini"))

    lengths = {each.role: each.columns for each in held.outer if "rope" in each.role}
    assert lengths == {"rope_factors_long.weight": 48, "rope_factors_short.weight": 48}


def test_qwen3_next_stores_the_gate_of_linear_attention_by_itself() -> None:
    shape = shape_of("qwen3-next-80b-a3b")

    first = {each.role: each for each in contents(shape).layers[0]}

    assert (first["attn_qkv.weight"].rows, first["attn_gate.weight"].rows) == (8192, 4096)
    assert file_size(shape, "F16").weights == shape.total_parameters


def test_internlm2_stores_queries_keys_and_values_apart() -> None:
    fields = {"model_type": "internlm2", "num_key_value_heads": 8, "bias": True}
    shape = read_config(fields)

    first = {each.role: each for each in contents(shape).layers[0]}

    assert [first[f"attn_{part}.weight"].rows for part in "qkv"] == [4096, 1024, 1024]
    assert [first[f"attn_{part}.bias"].columns for part in "qkv"] == [4096, 1024, 1024]
    assert file_size(shape, "F16").weights == shape.total_parameters


def test_gemma_4_stores_a_factor_for_every_layer() -> None:
    shape = shape_of("gemma-4-26b-a4b-text")

    held = contents(shape)

    scalars = [each for _, each in held.tensors() if each.role == "layer_output_scale.weight"]
    assert len(scalars) == len(shape.layers)
    assert [each.columns for each in held.outer if each.role == "rope_freqs.weight"] == [256]


def test_roberta_loses_the_two_positions_that_no_token_reaches() -> None:
    held = contents(shape_of("roberta-base"))

    positions = next(each for each in held.outer if each.role == "position_embd.weight")
    assert positions.rows == 512
    assert positions.kept == "F32"


def test_a_model_without_attention_shares_no_heads() -> None:
    found = types(shape_of("granite-4.0-h-tiny"), "Q2_K")

    assert found["blk.5.attn_v.weight"] == "Q3_K"


def test_tiny_tables_and_relative_positions_stay_as_they_were_converted() -> None:
    shape = read_config({"model_type": "gemma3n_text"})

    kept = {each.role: each.kept for _, each in contents(shape).tensors()}

    assert kept["per_layer_model_proj.weight"] == "16"
    assert types(shape, "Q4_K_M")["per_layer_model_proj.weight"] == "F16"
    assert types(shape, "BF16")["per_layer_model_proj.weight"] == "BF16"
