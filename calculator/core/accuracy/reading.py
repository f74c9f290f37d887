"""The data files of this package, and the shapes that measured models stand for."""

import json
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from calculator.core.architecture import ConfigError, Shape, read_config

FOLDER = resources.files("calculator.core").joinpath("data", "accuracy")


class NotCovered(Exception):  # noqa: N818 - it is an answer, not a fault
    """The engine has no prediction for a row; `str()` is the reason, ready to be shown."""


def load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FOLDER.joinpath(name).read_text(encoding="utf-8"))
    return data


class Models:
    """Shapes by slug and by the names that sources use; each is read once."""

    def __init__(self, configs: Mapping[str, Mapping[str, Any]]) -> None:
        own = {slug: row["config"] for slug, row in load("configs.json").items()}
        self.configs: dict[str, Mapping[str, Any]] = {**own, **configs}
        names = tomllib.loads(FOLDER.joinpath("names.toml").read_text(encoding="utf-8"))
        self.names: dict[str, str] = names["model"]
        self.without: dict[str, str] = names["without"]
        self.known: dict[str, Shape] = {}

    def shape(self, slug: str) -> Shape:
        if slug not in self.known:
            if slug not in self.configs:
                raise NotCovered("its settings are not in the catalogue")
            try:
                self.known[slug] = read_config(self.configs[slug])
            except ConfigError as error:
                raise NotCovered(str(error)) from error
        return self.known[slug]

    def named(self, name: str) -> Shape:
        """Return the shape of a model as a source calls it."""
        if name in self.without:
            raise NotCovered(self.without[name])
        return self.shape(self.names[name])
