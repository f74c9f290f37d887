"""Times a full report of every model in the catalogue, the largest mixture of experts last."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from calculator.core.architecture import read_text  # noqa: E402
from calculator.core.devices import device  # noqa: E402
from calculator.core.report import Ask, report  # noqa: E402

RUNS = 21
LIMIT = 0.010
CONTEXT = 32_768


def seconds(work: Callable[[], object]) -> float:
    """The median of a few runs: what a reader waits for, without the machine's worst moment."""
    found = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def full_report(text: str) -> object:
    """From the text of a config.json to parameters, file, cache, adapter and verdict."""
    shape = read_text(text)
    ask = Ask(
        format="Q4_K_M",
        context=CONTEXT if shape.generates else 0,
        lora_rank=16,
        device=device("h100-sxm-80gb"),
    )
    return report(shape, ask)


def main() -> int:
    rows = []
    for path in sorted((ROOT / "fixtures/models").glob("*.json")):
        text = json.dumps(json.loads(path.read_text())[0]["fields"]["config"])
        shape = read_text(text)
        try:
            took = seconds(partial(full_report, text))
        except ValueError as refusal:
            print(f"      –     {path.stem}: {refusal}")
            continue
        rows.append((shape.experts > 0, shape.total_parameters, path.stem, took))
    for _, parameters, name, took in sorted(rows):
        print(f"{took * 1000:7.2f} ms  {name} ({parameters / 1e9:,.3g} billion)")
    largest = max(rows)
    print(f"Largest mixture of experts: {largest[2]}, {largest[3] * 1000:.2f} ms")
    return 0 if largest[3] < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
