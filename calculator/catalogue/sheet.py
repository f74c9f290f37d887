"""What the page of one model shows besides the calculator: facts, parts, formats, links."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from calculator.cards import Card, make_card
from calculator.catalogue.anatomy import Anatomy, anatomy
from calculator.catalogue.counting import kind_of
from calculator.catalogue.links import Link, calculator_links
from calculator.catalogue.run_card import run_widget
from calculator.catalogue.sentences import sentence
from calculator.catalogue.training.card import training_widget
from calculator.catalogue.weights import FormatGroup, format_groups, four_bits
from calculator.core import formatting
from calculator.core.architecture import Shape, read_text
from calculator.core.real_models import RealModel
from calculator.registry import Widget

USUAL_TOKENS = 8192
LAYER_NAMES = {
    "full": "full attention",
    "sliding": "a sliding window",
    "chunked": "attention in chunks",
    "mla": "latent attention",
    "linear": "linear attention",
    "mamba": "Mamba",
    "mamba2": "Mamba-2",
    "conv": "a short convolution",
    "encoder": "attention both ways",
    "decoder": "attention to an encoder",
}


@dataclass(frozen=True)
class Sheet:
    """One model, counted. `maker` and `slug` are empty where only a config.json was brought."""

    shape: Shape
    name: str
    maker: str = ""
    slug: str = ""

    @cached_property
    def four(self) -> tuple[str, int]:
        return four_bits(self.shape)

    @property
    def bytes_16(self) -> int:
        return 2 * self.shape.total_parameters

    @cached_property
    def anatomy(self) -> Anatomy:
        return anatomy(self.shape)

    @cached_property
    def formats(self) -> tuple[FormatGroup, ...]:
        return format_groups(self.shape)

    @property
    def kind(self) -> str:
        return kind_of(self.shape)

    @property
    def sparse(self) -> bool:
        return self.shape.active_parameters != self.shape.total_parameters

    @property
    def sentence(self) -> str:
        return sentence(self.shape, self.maker, self.kind)

    @property
    def layers(self) -> str:
        """The layers by kind: "62 layers: 52 with a sliding window, 10 with full attention"."""
        kinds = self.shape.layer_kinds
        count = formatting.plural(len(self.shape.layers), "layer", "layers")
        if len(kinds) == 1:
            (kind,) = kinds
            return f"{count} with {layer_name(kind)}"
        each = ", ".join(f"{times} with {layer_name(kind)}" for kind, times in kinds.items())
        return f"{count}: {each}"

    @property
    def active_conventions(self) -> list[tuple[str, int]]:
        shape = self.shape
        return [
            ("with embeddings and head", shape.active_parameters),
            ("without the input embedding", shape.active_without_embedding),
            ("without embedding and head", shape.active_without_embedding_and_head),
        ]

    @property
    def defaults(self) -> Mapping[str, str]:
        tokens = min(USUAL_TOKENS, self.shape.context or USUAL_TOKENS)
        return {"format": self.four[0], "context": str(tokens)}

    @cached_property
    def widget(self) -> Widget:
        return run_widget(self.shape, self.name)

    @cached_property
    def training(self) -> Widget:
        return training_widget(self.shape, self.name)

    def card(
        self,
        query: Mapping[str, str],
        *,
        action: str,
        fragment: str,
        carried: Mapping[str, str] | None = None,
    ) -> Card:
        return make_card(
            self.widget,
            query,
            action=action,
            fragment=fragment,
            defaults=self.defaults,
            carried=carried,
        )

    @property
    def calculators(self) -> list[Link]:
        return calculator_links(RealModel(self.slug, self.name, self.shape))


def layer_name(kind: str) -> str:
    return " and ".join(LAYER_NAMES.get(part, part) for part in kind.split("+"))


@lru_cache(maxsize=256)
def stored_sheet(config: str, name: str, maker: str, slug: str) -> Sheet:
    """The sheet of a model of the catalogue: counted once, because its file does not change."""
    return Sheet(read_text(config), name, maker, slug)
