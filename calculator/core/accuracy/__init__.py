"""What the engine predicts beside what others measured: rows, exact counts, other programs."""

from calculator.core.accuracy.report import build

__all__ = ["build"]
