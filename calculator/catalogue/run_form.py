"""What a reader may choose on a model's page: a format, a length, an engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Unpack

from calculator.core.architecture import Shape
from calculator.core.cache import CACHE_TYPES, ENGINES, CacheError, cache_bytes
from calculator.core.formats import FORMATS, weights
from calculator.core.gguf import FILE_TYPES, GgufError
from calculator.core.growth import length
from calculator.fields import CountField, Option, OptionField, Slider, Wording
from calculator.forms import CalculatorForm, Preset, Presets

# In a GGUF file these hold the same numbers as the plain formats above them in the list.
PLAIN_FILES = {"F32", "F16", "BF16"}
LENGTHS = (4096, 32_768, 131_072, 1_048_576)
MOST_TOKENS = 10_000_000
ENGINE_NAMES = {"llama.cpp": "llama.cpp", "vllm": "vLLM", "transformers": "Transformers"}


class SelectField(OptionField):
    """A choice between many options, drawn as a list under headings."""

    kind = "select"

    def __init__(
        self, *, groups: Mapping[str, tuple[Option, ...]], **wording: Unpack[Wording]
    ) -> None:
        super().__init__(options=[each for group in groups.values() for each in group], **wording)
        self.groups = list(groups.items())

    def clean(self, value: Any) -> str:
        """An option by its own name; the other spellings only where none is written just so."""
        if any(option.value == value for option in self.options):
            return str(value)
        return super().clean(value)


@dataclass(frozen=True, slots=True)
class Choices:
    """The formats of one kind, in the order of the page."""

    plain: tuple[str, ...]
    quantized: tuple[str, ...]
    files: tuple[str, ...]


@cache
def choices() -> Choices:
    return Choices(
        plain=tuple(name for name, each in FORMATS.items() if each.everything),
        quantized=tuple(name for name, each in FORMATS.items() if not each.everything),
        files=tuple(name for name in FILE_TYPES if name not in PLAIN_FILES),
    )


def format_groups() -> dict[str, tuple[Option, ...]]:
    known = choices()
    return {
        "Not quantized": tuple(Option(name, FORMATS[name].title) for name in known.plain),
        "GGUF files of llama.cpp": tuple(Option(name, name) for name in known.files),
        "Other quantized formats": tuple(
            Option(name, FORMATS[name].title) for name in known.quantized
        ),
    }


class RunForm(CalculatorForm):
    """A run of one model; `form_for` makes the form of a given one."""

    format = SelectField(label="Weights stored as", initial="Q4_K_M", groups=format_groups())
    context = CountField(
        label="Conversation",
        initial="8192",
        minimum="1",
        maximum=str(MOST_TOKENS),
        suffix="tokens",
        whole=True,
        example="8192",
        slider=Slider("2.11", "7", "0.01"),
    )
    sequences = CountField(
        label="Conversations at once",
        initial="1",
        minimum="1",
        maximum="1024",
        whole=True,
        example="1",
        accent="B",
    )
    cache = SelectField(
        label="Cache stored as",
        initial="f16",
        groups={"": tuple(Option(name, name) for name in CACHE_TYPES)},
    )
    engine = OptionField(
        label="Engine",
        initial="llama.cpp",
        options=[Option(name, ENGINE_NAMES[name]) for name in ENGINES],
    )

    shape: ClassVar[Shape]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.shape.generates:
            self.fields["context"].label = "Text"
            self.fields["sequences"].label = "Texts at once"

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        try:
            weights(self.shape, cleaned["format"])
        except GgufError as error:
            self.add_error("format", f"{error}: choose another format")
        try:
            cache_bytes(
                self.shape,
                context=int(cleaned["context"]),
                cache_type=cleaned["cache"],
                engine=cleaned["engine"],
            )
        except CacheError as error:
            self.add_error("cache", str(error))


def form_for(shape: Shape) -> type[RunForm]:
    own = {"shape": shape, "presets": (lengths(shape.context),), "__module__": __name__}
    return type("RunForm", (RunForm,), own)


def lengths(longest: int) -> Presets:
    """The usual lengths that the model reads, and its own; all of them where it names none (0)."""
    offered = [tokens for tokens in LENGTHS if not longest or tokens < longest]
    if 0 < longest <= MOST_TOKENS:
        offered.append(longest)
    options = tuple(Preset(length(tokens), {"context": str(tokens)}) for tokens in offered)
    return Presets("context", "Lengths", options)
