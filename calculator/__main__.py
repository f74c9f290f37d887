"""The engine at the command line: `python -m calculator CONFIG.json --context 8192`.

Loads the pure core only: no Django, no network.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from calculator.core.architecture import ConfigError, Shape, read_text
from calculator.core.devices import device
from calculator.core.formatting import exact, gibibytes
from calculator.core.report import Ask, Report, counted, report, size_in_words

ENGINES = ("llama.cpp", "vllm", "transformers")
BAD_INPUT = 2


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        fail(message)


def fail(message: str) -> NoReturn:
    # A sentence that starts with a field's name keeps that name as it is written.
    first = message.partition(" ")[0]
    start = message[:1] if "_" in first or "." in first else message[:1].upper()
    sys.stderr.write(f"{start}{message[1:]}".rstrip(".") + ".\n")
    raise SystemExit(BAD_INPUT)


def parser() -> Parser:
    made = Parser(prog="python -m calculator", description="Count a model from its config.json.")
    made.add_argument("config", metavar="CONFIG.json", help="a file, or - for standard input")
    made.add_argument("--format", default="bf16", help="bf16, fp8, nf4, Q4_K_M, MXFP4_MOE…")
    made.add_argument("--context", type=whole, default=0, metavar="N", help="tokens of a sequence")
    made.add_argument("--sequences", type=whole, default=1, metavar="B", help="sequences at once")
    made.add_argument("--cache-type", default="f16", metavar="TYPE", help="f16, q8_0, q4_0…")
    made.add_argument("--engine", default="llama.cpp", choices=ENGINES)
    made.add_argument("--lora-rank", type=whole, default=0, metavar="R")
    made.add_argument("--lora-targets", default="all-linear", metavar="q_proj,v_proj|all-linear")
    made.add_argument("--device", metavar="SLUG", help="like rtx-4090; says whether it fits")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= 10**9:
        message = f"“{text[:20]}” is not a whole number from 1 to 1,000,000,000"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        shape = read_text(read(given.config))
        answer = report(shape, asked(given))
    except (ConfigError, ValueError, LookupError) as error:
        fail(str(error.args[0]) if error.args else str(error))
    if given.json:
        sys.stdout.write(json.dumps(as_object(answer), indent=2) + "\n")
    else:
        sys.stdout.write(as_text(answer) + "\n")
    return 0


def read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        fail(f"{name} cannot be read: {error.strerror}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{name} is not a text file")


def asked(given: argparse.Namespace) -> Ask:
    targets: str | list[str] = given.lora_targets
    if given.lora_targets != "all-linear":
        targets = [name.strip() for name in given.lora_targets.split(",") if name.strip()]
    return Ask(
        format=given.format,
        context=given.context,
        sequences=given.sequences,
        cache_type=given.cache_type,
        engine=given.engine,
        lora_rank=given.lora_rank,
        lora_targets=targets,
        device=device(given.device) if given.device else None,
    )


def as_object(answer: Report) -> dict[str, Any]:
    """Whole numbers only, so that a program can compare them."""
    shape = answer.shape
    made: dict[str, Any] = {
        "model_type": shape.model_type,
        "total_parameters": shape.total_parameters,
        "active_parameters": shape.active_parameters,
        "parts": shape.parts,
        "format": answer.weights.format,
        "weights_bytes": answer.weights.bytes,
        "kv_cache_bytes_per_token": shape.kv_cache_bytes_per_token,
    }
    if answer.cache is not None:
        made["kv_cache_bytes"] = answer.cache.kv_cache_bytes
        made["state_bytes"] = answer.cache.state_bytes
    if answer.adapter is not None:
        made["lora_parameters"] = answer.adapter.trainable
    made["needed_bytes"] = {"low": answer.needed.low, "high": answer.needed.high}
    if answer.verdict is not None and answer.ask.device is not None:
        made["device"] = answer.ask.device.slug
        made["verdict"] = answer.verdict.answer
    made["warnings"] = list(answer.warnings)
    return made


def as_text(answer: Report) -> str:
    shape = answer.shape
    lines = [f"{shape.model_type}: {exact(shape.total_parameters)} parameters"]
    if shape.active_parameters != shape.total_parameters:
        lines.append(f"  active for a token  {exact(shape.active_parameters)}")
    lines += [f"  {name:<19} {exact(count)}" for name, count in counted(shape)]
    lines += ["", f"In memory, {answer.weights.format}, {answer.ask.engine}"]
    lines += [
        f"  {line.name:<19} {size_in_words(line.size):<22} {line.formula}"
        for line in answer.running
    ]
    needed = answer.needed
    lines.append(f"  {'together':<19} {size_in_words(needed):<22} up to {gibibytes(needed.high)}")
    lines += ["", f"Cache for one more token, 16 bits: {per_token(shape)}"]
    if answer.adapter is not None:
        rank = answer.ask.lora_rank
        lines.append(f"LoRA of rank {rank} trains {exact(answer.adapter.trainable)} parameters")
    if answer.verdict is not None and answer.ask.device is not None:
        lines.append(f"{answer.ask.device.name}: {answer.verdict.answer}")
    lines += [f"Note: {warning}" for warning in answer.warnings]
    return "\n".join(lines)


def per_token(shape: Shape) -> str:
    return f"{exact(shape.kv_cache_bytes_per_token)} bytes"


if __name__ == "__main__":
    raise SystemExit(main())
