"""How much memory a conversation takes: the cache growing on top of the weights."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from calculator.catalogue.choosing import AnyModel
from calculator.core import formatting
from calculator.core.catalog import MODELS, Model, read
from calculator.core.growth import growth
from calculator.core.kv_cache import Cache, Settings, cache_of
from calculator.core.kv_equation import equation
from calculator.core.memory import GIGABYTE, weights_bytes
from calculator.core.real_models import RealModel
from calculator.core.result import Output, Result
from calculator.fields import Option, OptionField, Slider
from calculator.forms import CalculatorForm, Preset, Presets, model_presets
from calculator.registry import widget
from calculator.shared_inputs import COMMON_MODELS, billions_field, length_presets, whole_field

SETTINGS = ("L", "kv", "hd")
MODEL_FIELDS = {"L": "layers", "kv": "kv_heads", "hd": "head_dim", "n": "parameters"}
WEIGHT_BITS = 16


def special_models() -> Presets:
    """Models whose cache is of another kind, with all their settings."""
    rows = read("facts.toml")["cache"]
    assert isinstance(rows, list)
    return Presets(
        "kind", "Models of other kinds", tuple(Preset(row["name"], row["values"]) for row in rows)
    )


class Form(CalculatorForm):
    L = whole_field(label="Layers", initial="32", maximum="200", accent="L")
    kv = whole_field(
        label="Key-value heads",
        initial="8",
        maximum="512",
        hint="Often fewer than the query heads: num_key_value_heads in config.json",
        accent="kv",
    )
    hd = whole_field(label="Head size", initial="128", maximum="512", accent="hd")
    n = billions_field(
        label="Parameters of the model",
        initial="8.03",
        minimum="0",
        hint="For the weights in the picture; 0 when you do not know",
        example="8.03",
        accent="model",
    )
    by = OptionField(
        label="Each number stored as",
        initial="2",
        options=(Option("2", "BF16", "2 bytes"), Option("1", "FP8", "1 byte")),
    )
    T = whole_field(
        label="Conversation",
        initial="8192",
        minimum="128",
        maximum="2000000",
        suffix="tokens",
        slider=Slider("2.11", "6.3", "0.01"),
    )
    B = whole_field(label="Conversations at once", initial="1", maximum="1024", accent="B")
    kind = OptionField(
        label="Kind of attention",
        initial="full",
        options=(
            Option("full", "Full"),
            Option("sliding", "Sliding window"),
            Option("compressed", "Compressed"),
        ),
        accent="kind",
    )
    W = whole_field(
        label="Window",
        initial="4096",
        maximum="10000000",
        suffix="tokens",
        accent="W",
    )
    slide = whole_field(
        label="Layers that slide",
        initial="16",
        minimum="0",
        maximum="200",
        hint="The others keep every token",
        accent="slide",
    )
    latent = whole_field(
        label="Latent size",
        initial="576",
        maximum="65536",
        hint="Of the one vector kept in each layer: 512 + 64 for positions in DeepSeek-V3",
        accent="latent",
    )
    model_fields = MODEL_FIELDS
    details = ("L", "kv", "hd", "n")
    presets = (
        # In these every layer keeps every token: choosing one chooses that kind as well.
        model_presets("", MODEL_FIELDS, *COMMON_MODELS, kind="full"),
        length_presets("T"),
        special_models(),
    )

    @classmethod
    def read(cls, query: Mapping[str, str], defaults: Mapping[str, str]) -> Self:
        """Settings that differ from the model's are some other model's: its weights are unknown."""
        form = super().read(query, defaults)
        changed = any(form.data[name] != form.start[name] for name in SETTINGS)
        if changed and "n" not in query:
            form.data["n"] = "0"  # type: ignore[index]
        return form

    @classmethod
    def model_values(cls, model: AnyModel) -> dict[str, str]:
        """A real model brings its kind of cache, with the settings which that kind uses."""
        if not isinstance(model, RealModel):
            return super().model_values(model)
        kept = model.cache
        values = {"kind": kept.kind, "L": str(kept.layers), "n": model.setting("parameters")}
        if kept.kind == "compressed":
            return values | {"latent": str(kept.latent)}
        values |= {"kv": str(kept.kv_heads), "hd": str(kept.head_size)}
        if kept.kind == "full":
            return values
        return values | {"W": str(kept.window), "slide": str(kept.sliding)}

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["kind"] == "sliding" and cleaned["slide"] > cleaned["L"]:
            layers = formatting.exact(cleaned["L"])
            self.add_error("slide", f"Layers that slide must be no more than layers ({layers})")


@widget(
    __name__,
    title="KV cache",
    question="How much memory does the conversation itself take?",
    form=Form,
    terms=("kv-cache", "inference"),
    order=17,
)
def compute(*, n: Decimal, T: Decimal, B: Decimal, **asked: Any) -> Result:  # noqa: N803
    tokens, conversations, settings = int(T), int(B), read_settings(asked)
    cache = cache_of(settings)
    size = cache.size(tokens=tokens, conversations=conversations)
    model = known_model(settings, n)
    count = Decimal(model.parameters) if model else n
    weights = weights_bytes(parameters=count, bits=WEIGHT_BITS)
    share = Decimal(size) / weights if weights else None
    text, compared = formatting.gigabytes(size), "unknown"
    if share is not None:
        compared = formatting.percent(share)
    said = spoken(tokens, conversations)
    each = formatting.plural(cache.per_token, "byte", "bytes")
    return Result(
        outputs={
            "gb": Output.of_bytes(Decimal(size), f"{formatting.exact(size)} bytes"),
            "per": Output(cache.per_token, formatting.gigabytes(cache.per_token), each),
            "of-weights": Output(compared if share is None else share * 100, compared),
        },
        equation=equation(size, settings, tokens, conversations),
        sentence=f"for {said} ({formatting.gibibytes(size)}): {each} for each token."
        f" {beside(model, weights, compared)}",
        announcement=f"{said} take {text} of cache",
        picture=growth(cache, tokens=tokens, conversations=conversations, weights=weights),
        notes=notes(settings, cache, tokens),
    )


def read_settings(asked: Mapping[str, Any]) -> Settings:
    return Settings(
        kind=asked["kind"],
        layers=int(asked["L"]),
        kv_heads=int(asked["kv"]),
        head_size=int(asked["hd"]),
        bytes_each=int(asked["by"]),
        window=int(asked["W"]),
        sliding=int(asked["slide"]),
        latent=int(asked["latent"]),
    )


def known_model(settings: Settings, parameters: Decimal) -> Model | None:
    """The catalogue model with these settings and this count, as a form would carry it."""
    wanted = (settings.layers, settings.kv_heads, settings.head_size, parameters)
    for model in MODELS.values():
        count = Decimal(model.setting("parameters")) * GIGABYTE
        if wanted == (model.layers, model.kv_heads, model.head_dim, count):
            return model
    return None


def spoken(tokens: int, conversations: int) -> str:
    said = formatting.plural(tokens, "token", "tokens")
    if conversations == 1:
        return said
    return f"{said} in each of {formatting.exact(conversations)} conversations"


def beside(model: Model | None, weights: Decimal, compared: str) -> str:
    if not weights:
        return "How that compares with the weights is unknown: no parameter count is given."
    whose, size = model.name if model else "the model", formatting.gigabytes(weights)
    return f"The weights of {whose} take {size} at 16 bits: the cache is {compared} of that."


def notes(settings: Settings, cache: Cache, tokens: int) -> tuple[str, ...]:
    if settings.kind != "sliding" or tokens <= cache.window:
        return ()
    if not cache.lasting:
        return (f"Past {formatting.exact(cache.window)} tokens the cache stops growing.",)
    window, more = (formatting.exact(number) for number in (cache.window, cache.lasting))
    return (
        f"Past {window} tokens only the full layers grow: {more} bytes for each further token.",
    )
