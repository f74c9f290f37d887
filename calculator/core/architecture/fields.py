"""Reads one config.json: typed fields, other names, published defaults, and clear refusals."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from calculator.core.architecture.vocabulary import ConfigError

# Far above any model there is; a wrong exponent is refused before it fills the memory.
LARGEST = 10**7
LONGEST = 10**9
MOST_LAYERS = 1000
MOST_EXPERTS = 10**5
# How much of a wrong value is quoted back.
QUOTED = 40

_MISSING = object()
# What makers call the same field; another name counts only where a family's own ones are missing,
# so that a file in a neighbour's words is not completed from the defaults in silence.
WORDS = (
    ("num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts"),
    ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k_experts"),
    ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts"),
)
OTHERS = {name: words for words in WORDS for name in words}


class Fields:
    """The fields of one model: those of the file, then the published defaults of its family.

    `names` maps the name used here to the other names that the family's files use. Sizes that had
    to be taken from the defaults are remembered, so that the shape can say so.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        model_type: str,
        defaults: Mapping[str, Any] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
        path: str = "",
    ) -> None:
        self.values = values
        self.model_type = model_type
        self.defaults = dict(defaults or {})
        self.names = dict(names or {})
        self.path = path
        self.assumed: dict[str, int] = {}
        self.notes: list[str] = []

    def refuse(self, name: str, sentence: str) -> ConfigError:
        return ConfigError(f"{self.path}{self.written(name)} {sentence}")

    def written(self, name: str) -> str:
        """The name that the file itself uses for a field."""
        return next(iter(self.keys(name)), name)

    def keys(self, name: str) -> list[str]:
        """The names under which the file gives a field: the family's own, else other makers'."""
        own = [key for key in (name, *self.names.get(name, ())) if key in self.values]
        return own or [key for key in OTHERS.get(name, ()) if key in self.values]

    def given(self, name: str) -> Any:
        """The value in the file under any of its names, or a mark for a missing one."""
        found = self.keys(name)
        if not found:
            return _MISSING
        # A null says nothing where the same field stands under another name.
        found = [key for key in found if self.values[key] is not None] or found[:1]
        value = self.values[found[0]]
        for key in found[1:]:
            if self.values[key] != value:
                theirs, ours = _quote(self.values[key]), _quote(value)
                raise self.refuse(found[0], f"is {ours}, but {key}, the same field, is {theirs}")
        return value

    def has(self, name: str) -> bool:
        """Whether the file itself gives the field a value other than null."""
        return self.given(name) not in (_MISSING, None)

    def raw(self, name: str) -> Any:
        """The value in the file, else the family's default, else None."""
        value = self.given(name)
        return self.defaults.get(name) if value is _MISSING else value

    def size(self, name: str, *, least: int = 1, most: int = LARGEST) -> int:
        """A whole number that must be there, in the file or in the family's defaults."""
        value = self.raw(name)
        if value is None:
            given = self.given(name)
            state = "is missing" if given is _MISSING else "is null"
            raise self.refuse(name, f"{state}: a model of type {self.model_type} needs it")
        number = self.whole(name, value, least=least, most=most)
        if self.given(name) is _MISSING:
            self.assumed[name] = number
        return number

    def optional(self, name: str, *, least: int = 1, most: int = LARGEST) -> int | None:
        """A whole number, or None where the file says null or neither it nor the family has one."""
        value = self.raw(name)
        return None if value is None else self.whole(name, value, least=least, most=most)

    def number(self, name: str, fallback: int = 0) -> int:
        """A whole number from 0 on, `fallback` where it is missing or null."""
        found = self.optional(name, least=0)
        return fallback if found is None else found

    def context(self) -> int:
        """The longest text the model was made for, 0 where the file does not say.

        It decides no size, so two names that differ are no contradiction: the first one counts.
        """
        name = "max_position_embeddings"
        given = (self.values[key] for key in self.keys(name) if self.values[key] is not None)
        value = next(given, self.defaults.get(name))
        return 0 if value is None else self.whole(name, value, least=0, most=LONGEST)

    def layers(self, name: str = "num_hidden_layers") -> int:
        return self.size(name, most=MOST_LAYERS)

    def experts(self, name: str) -> int:
        return self.size(name, most=MOST_EXPERTS)

    def chosen(self, name: str, experts: int) -> int:
        """How many of the experts one token uses."""
        chosen = self.size(name)
        if chosen > experts:
            raise self.refuse(name, f"is {chosen}, more than the {experts} experts there are")
        return chosen

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.refuse(name, f"must be true or false, not {_quote(value)}")
        return value

    def text(self, name: str, default: str = "") -> str:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.refuse(name, f"must be a text, not {_quote(value)}")
        return value

    def items(self, name: str) -> list[Any] | None:
        """A list, or None where it is missing or null."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.refuse(name, f"must be a list, not {_quote(value)}")
        if len(value) > MOST_LAYERS:
            raise self.refuse(name, f"has {len(value)} items, more than {MOST_LAYERS}")
        return value

    def numbers(self, name: str, *, least: int = 0) -> list[int] | None:
        found = self.items(name)
        if found is None:
            return None
        return [self.whole(name, item, least=least, most=LARGEST) for item in found]

    def inside(self, name: str) -> Mapping[str, Any]:
        """An object inside the file, empty where it is missing or null."""
        value = self.raw(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.refuse(name, f"must be an object, not {_quote(value)}")
        return value

    def below(
        self,
        name: str,
        *,
        defaults: Mapping[str, Any] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
        model_type: str = "",
    ) -> "Fields":
        """The fields of an object inside the file; what is refused there says where it stands."""
        return Fields(
            self.inside(name),
            model_type=model_type or self.model_type,
            defaults=defaults,
            names=names,
            path=f"{self.path}{name}.",
        )

    def layer_kinds(self, layers: int, known: Mapping[str, str]) -> list[str] | None:
        """The kind of each layer from `layer_types`, named as `known` names them; None if missing.

        A list of the wrong length, or with a kind that this family does not have, is refused.
        """
        found = self.items("layer_types")
        if found is None:
            return None
        for item in self.by_layer("layer_types", found, layers):
            if not isinstance(item, str) or item not in known:
                raise self.refuse("layer_types", f"holds {_quote(item)}, which is not known here")
        return [known[item] for item in found]

    def by_layer[Item](self, name: str, found: list[Item], layers: int) -> list[Item]:
        """`found`, refused where it does not say one thing of each layer."""
        if len(found) != layers:
            sentence = f"names {len(found)} layers, but num_hidden_layers is {layers}"
            raise self.refuse(name, sentence)
        return found

    def whole(self, name: str, value: Any, *, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(name, f"must be a whole number, not {_quote(value)}")
        if not least <= value <= most:
            raise self.refuse(name, f"must be from {least} to {most:,}, not {_quote(value)}")
        return value

    def divide(self, name: str, value: int, by_name: str, by: int) -> int:
        """`value` ÷ `by`, refused where it does not come out even."""
        if value % by:
            divisor = self.written(by_name)
            raise self.refuse(name, f"is {value}, which {divisor} ({by}) does not divide")
        return value // by


def _quote(value: Any) -> str:
    """A wrong value as the file writes it, cut short."""
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = f"“{value}”" if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
