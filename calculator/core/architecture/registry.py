"""Where a family of models registers how it is put together, by its `model_type`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.vocabulary import Shape

type Builder = Callable[[Fields], Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One `model_type`: its builder, its published defaults, and its other names of fields.

    One that `wraps` reads the language model inside its `text_config` itself.
    """

    model_type: str
    build: Builder
    defaults: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wraps: bool = False

    def fields(self, values: Mapping[str, Any], path: str = "") -> Fields:
        return Fields(
            values,
            model_type=self.model_type,
            defaults=self.defaults,
            names=self.names,
            path=path,
        )


FAMILIES: dict[str, Family] = {}


def family(
    *model_types: str,
    defaults: Mapping[str, Any] | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    wraps: bool = False,
) -> Callable[[Builder], Builder]:
    """Register the decorated builder for these model types.

    `defaults` are those of the published configuration class of the family (transformers), by
    which a file that leaves a field out is completed.
    """

    def register(build: Builder) -> Builder:
        for model_type in model_types:
            if model_type in FAMILIES:
                message = f"There are two families named “{model_type}”"
                raise ValueError(message)
            FAMILIES[model_type] = Family(
                model_type=model_type,
                build=build,
                defaults=defaults or {},
                names=names or {},
                wraps=wraps,
            )
        return build

    return register
