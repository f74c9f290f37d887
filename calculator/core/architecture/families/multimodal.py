"""Models that see or hear: a language model described in `text_config`, with towers around it.

Gemma 3's vision tower is counted, as its published size counts it; for the others only the language
model is, and the shape says so. Defaults: the configuration classes of transformers 5.23.0, read on
22 November 2026.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    feed_forward,
    linear,
    matrix,
    norm,
    vector,
)
from calculator.core.architecture.registry import FAMILIES, family
from calculator.core.architecture.vocabulary import ONLY_TEXT, Shape, Tensor

SIGLIP = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "num_channels": 3,
    "image_size": 224,
    "patch_size": 16,
    "vision_use_head": True,
}
SIGLIP_NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")
# The wrapper's model type, and the type of the language model in it where the file names none.
WRAPPERS = {
    "audioflamingo3": "qwen2",
    "aya_vision": "cohere2",
    "blip-2": "opt",
    "cohere2_vision": "cohere2",
    "deepseek_vl": "llama",
    "exaone4_5": "exaone4",
    "fast_vlm": "qwen2",
    "fuyu": "persimmon",
    "gemma3n": "gemma3n_text",
    "gemma4": "gemma4_text",
    "gemma4_unified": "gemma4_unified_text",
    "glm46v": "glm4v_text",
    "glm4v": "glm4v_text",
    "glm4v_moe": "glm4v_moe_text",
    "got_ocr2": "qwen2",
    "granite_speech": "granite",
    "idefics2": "mistral",
    "idefics3": "llama",
    "instructblip": "opt",
    "internvl": "qwen2",
    "janus": "llama",
    "kimi_k25": "deepseek_v3",
    "kimi_vl": "deepseek_v3",
    "lfm2_vl": "lfm2",
    "lighton_ocr": "qwen3",
    "llama4": "llama4_text",
    "llava": "llama",
    "llava_next": "llama",
    "llava_next_video": "llama",
    "llava_onevision": "qwen2",
    "minimax_m3_vl": "minimax_m3_vl_text",
    "mistral3": "mistral",
    "mllama": "mllama_text_model",
    "ovis2": "qwen2",
    "paligemma": "gemma",
    "perception_lm": "llama",
    "qwen2_5_vl": "qwen2_5_vl_text",
    "qwen2_audio": "qwen2",
    "qwen2_vl": "qwen2_vl_text",
    "qwen3_5": "qwen3_5_text",
    "qwen3_5_moe": "qwen3_5_moe_text",
    "qwen3_asr": "qwen3",
    "qwen3_vl": "qwen3_vl_text",
    "qwen3_vl_moe": "qwen3_vl_moe_text",
    "smolvlm": "llama",
    "video_llama_3": "qwen2",
    "video_llava": "llama",
    "vipllava": "llama",
    "voxtral": "llama",
}
# Older files of these types keep the language model's fields at the top, whatever they name.
FLAT = {"qwen2_vl", "qwen2_5_vl"}
# What the wrapper's class says of tied tables where neither it nor its text_config does.
TIED = {
    "gemma3n": True,
    "gemma4": True,
    "gemma4_unified": True,
    "paligemma": True,
    "qwen3_vl_moe": False,
}
# Types that hold a whole language model with its head: only its own text_config decides.
WHOLE_INSIDE = {
    "audioflamingo3",
    "blip-2",
    "instructblip",
    "llama4",
    "mllama",
    "qwen2_audio",
    "voxtral",
}
# Types whose class would fill in a language model unlike that of its family's defaults.
NEED_TEXT = {"got_ocr2", "lighton_ocr", "qwen3_asr"}
# What the wrapper's own class fills in where there is no text_config at all.
DEFAULT_TEXT: dict[str, Mapping[str, Any]] = {
    "mistral3": {
        "hidden_size": 5120,
        "intermediate_size": 32768,
        "num_hidden_layers": 40,
        "head_dim": 128,
        "max_position_embeddings": 131072,
        "sliding_window": None,
        "vocab_size": 131072,
    },
    "paligemma": {
        "hidden_size": 2048,
        "intermediate_size": 16384,
        "num_hidden_layers": 18,
        "num_attention_heads": 8,
        "num_key_value_heads": 1,
        "vocab_size": 257152,
    },
    "voxtral": {
        "hidden_size": 3072,
        "intermediate_size": 8192,
        "num_hidden_layers": 30,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 131072,
        "vocab_size": 131072,
    },
}


def text_shape(fields: Fields, standard: str) -> Shape:
    """The shape of the language model inside, with the name of the whole."""
    inside: Mapping[str, Any] = fields.inside("text_config")
    path = "text_config."
    if not inside and (fields.model_type in FLAT or fields.has("hidden_size")):
        inside, path = fields.values, ""
    if not inside and fields.model_type in NEED_TEXT:
        raise fields.refuse("text_config", "is missing: it describes the language model")
    inner = inside.get("model_type", standard) if path else standard
    known = FAMILIES.get(inner) if isinstance(inner, str) else None
    if known is None or inner in {*WRAPPERS, "gemma3"}:
        raise fields.refuse(f"{path}model_type", f"“{inner!s:.40}” is no language model known here")
    values = {**(inside or DEFAULT_TEXT.get(fields.model_type, {})), **tie(fields, inside)}
    text = known.fields(values, path)
    shape = known.build(text)
    fields.assumed.update({path + name: size for name, size in text.assumed.items()})
    notes = (*shape.notes, *text.notes)
    return replace(shape, model_type=fields.model_type, text_type=inner, notes=notes)


def tie(fields: Fields, inside: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wrapper decides whether the head is tied wherever it, or its class, says so."""
    name = "tie_word_embeddings"
    if fields.has(name) and fields.model_type not in WHOLE_INSIDE:
        return {name: fields.flag(name)}
    if fields.model_type in TIED and name not in inside:
        return {name: TIED[fields.model_type]}
    return {}


def wrapper(fields: Fields) -> Shape:
    shape = text_shape(fields, WRAPPERS[fields.model_type])
    return replace(shape, notes=(*shape.notes, ONLY_TEXT))


for model_type in WRAPPERS:
    family(model_type, wraps=True)(wrapper)


@family("gemma3", wraps=True)
def gemma3(fields: Fields) -> Shape:
    """Gemma 3 with its SigLIP tower and the projection from images to the language model."""
    shape = text_shape(fields, "gemma3_text")
    vision = fields.below("vision_config", defaults=SIGLIP, model_type="siglip_vision_model")
    width = vision.size("hidden_size")
    name = "multi_modal_projector."
    projector = (
        *matrix(f"{name}mm_input_projection_weight", width, shape.hidden_size, "other"),
        *vector(f"{name}mm_soft_emb_norm", width, "other"),
    )
    tower = tuple(replace(part, line="vision") for part in (*siglip(vision), *projector))
    return replace(shape, outer=(*shape.outer, *tower))


def siglip(fields: Fields) -> Tensors:
    """SigLIP's tensors, those of all its layers together: nothing else needs them one by one."""
    width = fields.size("hidden_size")
    heads = Heads(width, 1, 1, width)
    patch, channels = fields.size("patch_size"), fields.size("num_channels")
    patches = (fields.size("image_size") // patch) ** 2
    inner, layers = fields.size("intermediate_size"), fields.layers()
    layer = (
        *attention(heads, bias="qkvo", names=SIGLIP_NAMES),
        *feed_forward(width, inner, bias=True, names=("fc1", "fc2")),
        *norm("layer_norm1", width, bias=True),
        *norm("layer_norm2", width, bias=True),
    )
    top = pooling(width, inner) if fields.flag("vision_use_head") else ()
    tensors = (
        Tensor("embeddings.patch_embedding", width, channels * patch**2, "other", "conv"),
        *vector("embeddings.patch_embedding.bias", width, "other"),
        Tensor("embeddings.position_embedding", patches, width, "other", "table"),
        *(replace(tensor, copies=layers, active=layers) for tensor in layer),
        *norm("post_layernorm", width, bias=True),
        *top,
    )
    return tuple(
        replace(tensor, name=f"vision_tower.{tensor.name}", part="other", gguf="")
        for tensor in tensors
    )


def pooling(width: int, inner: int) -> Tensors:
    """A head that pools the patches by attention; Gemma 3 does without."""
    return (
        *vector("head.probe", width, "other"),
        *matrix("head.attention.in_proj_weight", 3 * width, width, "other"),
        *vector("head.attention.in_proj_bias", 3 * width, "other"),
        *linear("head.attention.out_proj", width, width, "other", bias=True),
        *norm("head.layernorm", width, bias=True),
        *feed_forward(width, inner, bias=True, prefix="head.mlp.", names=("fc1", "fc2")),
    )
