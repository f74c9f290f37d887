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
from calculator.core.architecture.vocabulary import Shape, Tensor

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
    "aya_vision": "cohere2",
    "cohere2_vision": "cohere2",
    "exaone4_5": "exaone4",
    "gemma3n": "gemma3n_text",
    "gemma4": "gemma4_text",
    "glm4v": "glm4v_text",
    "idefics2": "mistral",
    "idefics3": "llama",
    "internvl": "qwen2",
    "janus": "llama",
    "kimi_k25": "deepseek_v3",
    "lfm2_vl": "lfm2",
    "llama4": "llama4_text",
    "llava": "llama",
    "llava_next": "llama",
    "llava_onevision": "qwen2",
    "mistral3": "mistral",
    "ovis2": "qwen2",
    "paligemma": "gemma",
    "qwen2_5_vl": "qwen2_5_vl_text",
    "qwen2_audio": "qwen2",
    "qwen2_vl": "qwen2_vl_text",
    "qwen3_5": "qwen3_5_text",
    "qwen3_5_moe": "qwen3_5_moe_text",
    "qwen3_vl": "qwen3_vl_text",
    "qwen3_vl_moe": "qwen3_vl_moe_text",
    "smolvlm": "llama",
    "video_llava": "llama",
    "vipllava": "llama",
    "voxtral": "llama",
}
# Older files of these types keep the language model's fields at the top.
FLAT = {"qwen2_vl", "qwen2_5_vl"}
# Types whose wrapper ties the head when neither it nor its text_config says anything.
TIED = ("gemma3n", "gemma4", "paligemma")
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
    }
}
ONLY_TEXT = "Only the language model is counted: towers for images or sound are left out."


def text_shape(fields: Fields, standard: str) -> Shape:
    """The shape of the language model inside, with the name of the whole."""
    inside: Mapping[str, Any] = fields.inside("text_config")
    path = "text_config."
    if not inside and fields.model_type in FLAT:
        inside, path = fields.values, ""
    inner = inside.get("model_type", standard) if path else standard
    known = FAMILIES.get(inner) if isinstance(inner, str) else None
    if known is None or inner in {*WRAPPERS, "gemma3"}:
        raise fields.refuse(f"{path}model_type", f"“{inner!s:.40}” is no language model known here")
    values = {**(inside or DEFAULT_TEXT.get(fields.model_type, {})), **tie(fields, inside)}
    text = known.fields(values, path)
    shape = known.build(text)
    fields.assumed.update({path + name: size for name, size in text.assumed.items()})
    return replace(shape, model_type=fields.model_type, notes=(*shape.notes, *text.notes))


def tie(fields: Fields, inside: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wrapper decides whether the head is tied wherever it, or its class, says so."""
    if fields.has("tie_word_embeddings"):
        return {"tie_word_embeddings": fields.flag("tie_word_embeddings")}
    if fields.model_type in TIED and "tie_word_embeddings" not in inside:
        return {"tie_word_embeddings": True}
    return {}


def wrapper(fields: Fields) -> Shape:
    shape = text_shape(fields, WRAPPERS[fields.model_type])
    return replace(shape, notes=(*shape.notes, ONLY_TEXT))


for model_type in WRAPPERS:
    family(model_type)(wrapper)


@family("gemma3")
def gemma3(fields: Fields) -> Shape:
    """Gemma 3 with its SigLIP tower and the projection from images to the language model."""
    shape = text_shape(fields, "gemma3_text")
    vision = Fields(
        fields.inside("vision_config"),
        model_type="siglip_vision_model",
        defaults=SIGLIP,
        path="vision_config.",
    )
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
        *linear("head.attention.in_proj", width, 3 * width, "other", bias=True),
        *linear("head.attention.out_proj", width, width, "other", bias=True),
        *norm("head.layernorm", width, bias=True),
        *feed_forward(width, inner, bias=True, prefix="head.mlp.", names=("fc1", "fc2")),
    )
