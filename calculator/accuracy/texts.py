"""The words of the page: what each group of measurements is, and how close to expect it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    about: str


GROUPS: Mapping[str, Group] = {
    "bits": Group(
        "Bits per weight of GGUF files",
        "From the settings alone, before the file exists: which tensor gets which type, and its "
        "bytes. The sources print four decimals at most.",
    ),
    "sizes": Group(
        "Sizes of GGUF files",
        "The same files in GiB, as llama.cpp prints them, to two decimals; and one table in GB "
        "whose two largest rows no tensor sum explains.",
    ),
    "published": Group(
        "Files that can be downloaded",
        "Exact bytes of published files. Each has a header with the tokenizer that we do not "
        "count, so it is a little larger than its tensors.",
    ),
    "parameters": Group(
        "Parameters",
        "Mostly rounded by their sources. Exact counts are in the table above.",
    ),
    "lora": Group(
        "Parameters that LoRA trains",
        "Printed by the programs that trained them, to the last one.",
    ),
    "caches": Group(
        "Caches and states",
        "What llama.cpp and vLLM logged: latent attention, windows, constant states.",
    ),
    "weights": Group(
        "Weights, stored and loaded",
        "Bytes on the hub, and what an engine says it loaded.",
    ),
    "qwen3": Group(
        "Weights and cache together",
        "The peaks that Qwen measured in Transformers, for seven models at four lengths. The "
        "prediction is weights and cache, and with AWQ, measured without FlashAttention, the keys "
        "and values of one layer for every query head; each row says which.",
    ),
    "running": Group(
        "Running, as others measured it",
        "The prediction goes from weights and cache to all that the engine may take, because most "
        "sources do not say what they read. Many print GB and mean either.",
    ),
    "tuning": Group(
        "Fine-tuning",
        "States, activations of checkpointed layers and the runtime. The weakest part: what a "
        "program keeps besides is seldom written down, and we mostly predict too little.",
    ),
    "engines": Group(
        "What engines take besides",
        "No formula gives these. Our ranges were read off these very rows, so they test nothing, "
        "and are left out of every summary.",
    ),
    "speeds": Group(
        "Tokens a second",
        "Bytes read for a token, and the share of the bandwidth that runs on such memory reached. "
        "All but one of these rows are among those runs.",
    ),
    "estimates": Group(
        "Other people’s estimates",
        "Not measurements: numbers that somebody computed and published, beside ours.",
    ),
}
