"""Predicts GGUF files: average bits per weight and sizes, from the shape alone."""

from fractions import Fraction

from calculator.core.accuracy.measurements import Measurement
from calculator.core.accuracy.predictions import Prediction, point, predicts
from calculator.core.accuracy.reading import Models, NotCovered
from calculator.core.gguf import FILE_TYPES, NEED_MATRIX, FileSize, file_size

LLAMA = "llama.cpp"


def file_of(row: Measurement, models: Models) -> FileSize:
    """The file that the setting names; with an importance matrix where llama.cpp demands one."""
    if "unsloth" in row.setting or "custom" in row.setting or "UD-" in row.setting:
        raise NotCovered("a mixture made by hand: its types are in the file alone")
    named = row.setting.removeprefix("GGUF ").replace(";", " ").split()
    file_type = next((word for word in named if word in FILE_TYPES), "")
    if not file_type:
        raise NotCovered("the file type is not named")
    return file_size(models.named(row.model), file_type, matrix=file_type in NEED_MATRIX)


@predicts("bits", "whole-file bits per weight")
def bits(row: Measurement, models: Models) -> Prediction:
    size = file_of(row, models)
    how = f"8 × {size.tensor_bytes:,} bytes ÷ {size.weights:,} weights"
    return point(size.bits_per_weight, how)


@predicts("sizes", "model size", "quantized size", "file size")
def sizes(row: Measurement, models: Models) -> Prediction:
    size = file_of(row, models)
    return point(size.tensor_bytes, f"all tensors of a {size.file_type} file")


@predicts("parameters", "parameters", "total parameters")
def parameters(row: Measurement, models: Models) -> Prediction:
    if "MTP" in row.setting:
        raise NotCovered("parameters that only predict further tokens are not counted here")
    if "custom" in row.setting:
        raise NotCovered("the file holds some matrices twice, in two forms")
    return point(models.named(row.model).total_parameters, "sum over all tensors")


@predicts("parameters", "activated parameters")
def active(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    return point(shape.active_parameters, "all but the experts that are not chosen")


@predicts("weights", "actual memory", "accelerate estimate")
def in_32_bits(row: Measurement, models: Models) -> Prediction:
    return point(Fraction(4 * models.named(row.model).total_parameters), "parameters × 4 bytes")
