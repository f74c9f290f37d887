"""What a reader may choose of a training run: what is trained, how, on what, for how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from calculator.catalogue.run_form import SelectField
from calculator.catalogue.training.plan import BASES, request
from calculator.core.architecture import Shape
from calculator.core.devices import KINDS, devices
from calculator.core.lora import ALL_LINEAR, LoraError, lora
from calculator.core.training import OPTIMIZERS, PRESETS, WIDTHS, Recipe
from calculator.fields import CountField, Option, OptionField, Slider
from calculator.forms import CalculatorForm

SAME = "recipe"
USUAL = {"full": "mixed", "lora": "fp32", "qlora": "fp32"}
NOTHING = Decimal(0)
LONGEST_NAME = 60


class OptionalCountField(CountField):
    """A count that may stay empty: it is 0 then, which nobody can enter."""

    def clean(self, value: Any) -> Decimal:
        return super().clean(value) if str(value or "").strip() else NOTHING

    def short(self, value: Any) -> str:
        return super().short(value) if value else ""

    def words(self, value: Any) -> str:
        return super().words(value) if value else ""

    def read_back(self, value: Any) -> str:
        return super().read_back(value) if value else ""


def select(label: str, initial: str, options: Iterable[Option], hint: str = "") -> SelectField:
    return SelectField(label=label, initial=initial, groups={"": tuple(options)}, hint=hint)


def switch(label: str, names: Mapping[str, str]) -> SelectField:
    """A switch of the recipe, which stays as the recipe has it unless it is set."""
    options = (Option(value, title) for value, title in names.items())
    return select(label, SAME, (Option(SAME, "As in the recipe"), *options))


def widths() -> Mapping[str, str]:
    return {name: f"{name}, {size} byte{'s' if size > 1 else ''}" for name, size in WIDTHS.items()}


def recipes() -> tuple[Option, ...]:
    usual = Option("usual", "The usual one for it: 16")
    known = sorted(PRESETS.items(), key=lambda item: int(item[1].name.partition(":")[0]))
    return (usual, *(Option(name, preset.name) for name, preset in known))


def device_groups() -> dict[str, tuple[Option, ...]]:
    single = [each for each in devices().values() if each.count == 1 and each.kind != "phone"]
    return {
        f"{kind[0].upper()}{kind[1:]}": found
        for kind in reversed(KINDS)
        if (
            found := tuple(
                Option(each.slug, titled(each.maker, each.name))
                for each in single
                if each.kind == kind
            )
        )
    }


def titled(maker: str, name: str) -> str:
    return name if maker != "Apple" else f"Apple {name}"


def targets(shape: Shape) -> tuple[Option, ...]:
    """The modules that adapters may be put beside, as peft names them, where peft takes them."""
    attention = leaves(shape, "attention")
    rest = [name for name in leaves(shape, "other") if adapts(shape, name)]
    choices = {
        ALL_LINEAR: "Every linear layer",
        # Where peft does not take all linear layers, what it takes of state-space mixers.
        "" if adapts(shape, ALL_LINEAR) else ",".join(rest): "Mixers",
        ",".join(attention): "Attention",
        ",".join(name for name in attention if name in {"q_proj", "v_proj"}): "Queries and values",
        ",".join(leaves(shape, "mlp")): "Feed-forward",
    }
    return tuple(
        Option(names, title if names == ALL_LINEAR else f"{title}: {cut(names)}")
        for names, title in choices.items()
        if names and adapts(shape, names)
    )


def cut(names: str) -> str:
    said = names.replace(",", ", ")
    return said if len(said) <= LONGEST_NAME else f"{said[:LONGEST_NAME].rpartition(',')[0]}, …"


def leaves(shape: Shape, part: str) -> list[str]:
    found = (
        tensor.name.rpartition(".")[2]
        for tensor, _ in shape.counted()
        if tensor.part == part and tensor.kind == "linear" and tensor.gguf != "ffn_gate_inp"
    )
    return list(dict.fromkeys(found))


def adapts(shape: Shape, names: str) -> bool:
    try:
        lora(shape, request(1, names))
    except LoraError:
        return False
    return True


def embedding_share(shape: Shape) -> Fraction:
    """The part that Muon hands to AdamW: embeddings, head, and everything that is no matrix."""
    handed = sum(
        tensor.count * times
        for tensor, times in shape.counted()
        if tensor.part in {"embedding", "lm_head"} or tensor.kind == "vector"
    )
    return Fraction(handed, shape.total_parameters)


def recipe_of(shape: Shape, asked: Mapping[str, Any]) -> Recipe:
    """The recipe that was chosen, with the switches that were set."""
    way, chosen = asked["t_what"], asked["t_recipe"]
    base = PRESETS[USUAL[way] if chosen == "usual" else chosen].recipe
    kept = {name: getattr(base, own) for name, own in SWITCHES.items()}
    kept |= {name: asked[name] for name in SWITCHES if asked[name] != SAME}
    return Recipe(
        weights=kept["t_weights"],
        gradients=kept["t_gradients"],
        master_copy=kept["t_copy"] in {True, "yes"},
        gradient_copy=kept["t_gcopy"] in {True, "yes"},
        optimizer=kept["t_optimizer"],
        states=kept["t_states"],
        embedding_share=Fraction(0) if way in BASES else embedding_share(shape),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together; those with a title are folded under it."""

    names: tuple[str, ...]
    title: str = ""


SWITCHES = {
    "t_weights": "weights",
    "t_gradients": "gradients",
    "t_copy": "master_copy",
    "t_gcopy": "gradient_copy",
    "t_optimizer": "optimizer",
    "t_states": "states",
}
GROUPS = (
    Group(("t_what", "t_rank", "t_targets", "t_recipe")),
    Group(tuple(SWITCHES), "Change the settings"),
    Group(("t_sequence", "t_batch", "t_keep")),
    Group(("t_device", "t_devices", "t_zero")),
    Group(("t_tokens",)),
    Group(("t_share", "t_price", "t_pue"), "Time, money and energy"),
)
COPY = {"yes": "Kept, 4 bytes", "no": "Not kept"}


class TrainingForm(CalculatorForm):
    """A training run of one model; `form_for` makes the form of a given one."""

    t_what = OptionField(
        label="What is trained",
        initial="full",
        options=[Option("full", "All of it"), Option("lora", "LoRA"), Option("qlora", "QLoRA")],
    )
    t_rank = CountField(
        label="Rank", initial="16", minimum="1", maximum="8192", whole=True, example="16"
    )
    t_targets = select("Adapters beside", ALL_LINEAR, [Option(ALL_LINEAR, "Every linear layer")])
    t_recipe = select("Bytes for each trained parameter", "usual", recipes())
    t_weights = switch("Weights", widths())
    t_gradients = switch("Gradients", widths())
    t_copy = switch("32-bit copy of the weights", COPY)
    t_gcopy = switch("32-bit copy of the gradients", COPY)
    t_optimizer = switch("Optimizer", {name: each.name for name, each in OPTIMIZERS.items()})
    t_states = switch("Its states", widths())
    t_sequence = CountField(
        label="Tokens in a sequence",
        initial="2048",
        minimum="1",
        maximum="10000000",
        suffix="tokens",
        whole=True,
        example="2048",
        slider=Slider("2.11", "6", "0.01"),
    )
    t_batch = CountField(
        label="Sequences on each device at once",
        initial="1",
        minimum="1",
        maximum="100000",
        whole=True,
        example="1",
    )
    t_keep = OptionField(
        label="Activations",
        initial="all",
        options=[
            Option("all", "Kept", "all of them"),
            Option("inputs", "Recomputed", "checkpointing"),
        ],
    )
    t_device = SelectField(label="Device", initial="h100-sxm-80gb", groups=device_groups())
    t_devices = CountField(
        label="Devices", initial="8", minimum="1", maximum="100000", whole=True, example="8"
    )
    t_zero = OptionField(
        label="Split between them (ZeRO)",
        initial="3",
        options=[
            Option("0", "0", "nothing"),
            Option("1", "1", "states"),
            Option("2", "2", "gradients"),
            Option("3", "3", "weights"),
        ],
    )
    t_tokens = OptionalCountField(
        label="Training tokens",
        initial="",
        minimum="0.000001",
        maximum="1000000",
        unit="billion",
        example="15 or 2.5",
        hint="May stay empty: then nothing is said of time",
    )
    t_share = OptionalCountField(
        label="Share of the peak reached",
        initial="",
        minimum="1",
        maximum="100",
        suffix="%",
        example="40",
        hint="Empty: 38 to 43%, as Llama 3 was trained",
    )
    t_price = OptionalCountField(
        label="Price of one device for an hour",
        initial="",
        minimum="0.001",
        maximum="10000",
        suffix="dollars",
        example="2 or 0.5",
        hint="Empty: no money is worked out",
    )
    t_pue = OptionalCountField(
        label="Overhead of the building (PUE)",
        initial="",
        minimum="1",
        maximum="5",
        example="1.2",
        hint="Its whole power over its computers’; may stay empty",
    )

    shape: ClassVar[Shape]
    groups: ClassVar[tuple[Group, ...]] = GROUPS

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["t_what"] == "full":
            return
        try:
            lora(self.shape, request(int(cleaned["t_rank"]), cleaned["t_targets"]))
        except LoraError as error:
            self.add_error("t_what", str(error))


def form_for(shape: Shape) -> type[TrainingForm]:
    options = targets(shape) or (Option(ALL_LINEAR, "Every linear layer"),)
    made = select("Adapters beside", options[0].value, options)
    return type(
        "TrainingForm", (TrainingForm,), {"shape": shape, "t_targets": made, "__module__": __name__}
    )
