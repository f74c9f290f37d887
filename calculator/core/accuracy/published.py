"""Published GGUF files with their exact bytes: the tensors and a header that we do not count."""

from typing import Any

from calculator.core.accuracy.reading import Models, load
from calculator.core.gguf import file_size

# A header holds settings and the tokenizer: less than this for the largest vocabularies.
MOST_HEADER = 16 * 10**6


def published(models: Models) -> list[dict[str, Any]]:
    """Return one row a file, in the form of the other rows; the header is in the measurement."""
    return [row(models, number, file) for number, file in enumerate(load("gguf.json")["files"], 1)]


def row(models: Models, number: int, file: dict[str, Any]) -> dict[str, Any]:
    size = file_size(models.shape(file["model"]), file["type"])
    difference = round(size.padded_bytes / file["bytes"] - 1, 7)
    header = file["bytes"] - size.padded_bytes
    return {
        "id": f"F{number:03}",
        "group": "published",
        "model": file["model"],
        "setting": file["file"],
        "quantity": "file size",
        "measured": str(file["bytes"]),
        "unit": "bytes",
        "source": file["source"],
        "low": size.padded_bytes,
        "high": size.padded_bytes,
        "measured_low": file["bytes"],
        "measured_high": file["bytes"],
        "bytes": True,
        "error": difference,
        "error_low": difference,
        "error_high": difference,
        "within": 0 <= header <= MOST_HEADER,
        "fitted": False,
        "how": f"all tensors, padded; the file has {header:,} bytes more, its header",
        "note": file.get("note", ""),
    }
