"""The engine at the command line: `python -m calculator CONFIG.json --context 8192`.

Loads the pure core only: no Django, no network.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from calculator.core.answers import Answer
from calculator.core.architecture import ConfigError, read_text
from calculator.core.architecture.reading import LARGEST_TEXT, TOO_LONG
from calculator.core.cache import ENGINES
from calculator.core.devices import device
from calculator.core.formatting import exact, gibibytes, significant
from calculator.core.report import Ask, Report, counted, report, size_in_words
from calculator.core.speed import Rate
from calculator.core.verdicts import FITS

BAD_INPUT = 2
MOST = 10**9
# Python refuses to read thousands of digits; these are more than any number here needs.
MOST_DIGITS = 20


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        fail(started(message))


def started(message: str) -> str:
    """With a capital, unless it starts with the name of an engine."""
    return message if message.startswith(ENGINES) else message[:1].upper() + message[1:]


def fail(message: str) -> NoReturn:
    """End with one line, whatever the file or the arguments have brought into the sentence."""
    line = "".join(letter if letter.isprintable() else "�" for letter in message)
    sys.stderr.write(line if line.endswith("?") else line.rstrip(".") + ".")
    sys.stderr.write("\n")
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
    digits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    if not digits or not 1 <= int(text) <= MOST:
        message = f"“{text[:MOST_DIGITS]}” is not a whole number from 1 to {exact(MOST)}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        shape = read_text(read(given.config))
        found = report(shape, asked(given))
    except ConfigError as error:
        fail(str(error))
    except (ValueError, LookupError) as error:
        fail(started(str(error.args[0]) if error.args else str(error)))
    if given.json:
        sys.stdout.write(json.dumps(as_object(found), indent=2) + "\n")
    else:
        sys.stdout.write(as_text(found) + "\n")
    return 0


def read(name: str) -> str:
    """The text of the file; of one that is far too long only as much as shows that it is."""
    said = "Standard input" if name == "-" else name
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            data = file.read(LARGEST_TEXT + 1)
    except (OSError, ValueError) as error:
        fail(f"{said} cannot be read: {getattr(error, 'strerror', error)}")
    if len(data) > LARGEST_TEXT:
        fail(f"{said} {TOO_LONG}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{said} is not a text file")


def asked(given: argparse.Namespace) -> Ask:
    targets: str | list[str] = given.lora_targets
    if given.lora_targets != "all-linear":
        targets = [name.strip() for name in given.lora_targets.split(",") if name.strip()]
        if not targets:
            fail("--lora-targets names no module: write q_proj,v_proj or all-linear")
    return Ask(
        format=given.format,
        context=given.context,
        sequences=given.sequences,
        cache_type=given.cache_type,
        engine=given.engine,
        lora_rank=given.lora_rank,
        lora_targets=targets,
        device=None if given.device is None else device(given.device),
    )


def as_object(found: Report) -> dict[str, Any]:
    """Sizes and counts as whole numbers, so that a program can compare them."""
    shape = found.shape
    made: dict[str, Any] = {
        "model_type": shape.model_type,
        "total_parameters": shape.total_parameters,
        "active_parameters": shape.active_parameters,
        "parts": shape.parts,
        "format": found.weights.format,
        "weights_bytes": found.weights.bytes,
        "kv_cache_bytes_per_token": shape.kv_cache_bytes_per_token,
    }
    if found.cache is not None:
        made["kv_cache_bytes"] = found.cache.kv_cache_bytes
        made["state_bytes"] = found.cache.state_bytes
    if found.adapter is not None:
        made["lora_parameters"] = found.adapter.trainable
    made["needed_bytes"] = {"low": found.needed.low, "high": found.needed.high}
    if found.on_device is not None:
        made |= of_device(found.on_device)
    made["warnings"] = list(found.warnings)
    return made


def of_device(answer: Answer) -> dict[str, Any]:
    """What the device does with the model; null where it is not known or there is none."""
    return {
        "device": answer.device.slug,
        "verdict": answer.verdict.answer,
        "longest_context": answer.longest,
        "sequences_at_once": answer.users,
        "devices_needed": 1 if answer.verdict.answer == FITS else answer.cards,
        "best_format": answer.format or None,
        "tokens_per_second": ends(answer.rate),
        "seconds_to_first_token": ends(answer.first),
    }


def ends(rate: Rate | None) -> dict[str, float] | None:
    return None if rate is None else {"low": round(rate.low, 3), "high": round(rate.high, 3)}


def as_text(found: Report) -> str:
    shape = found.shape
    lines = [f"{shape.model_type}: {exact(shape.total_parameters)} parameters"]
    if shape.active_parameters != shape.total_parameters:
        lines.append(f"  active for a token  {exact(shape.active_parameters)}")
    lines += [f"  {name:<19} {exact(count)}" for name, count in counted(shape)]
    lines += ["", f"In memory, {found.weights.format}, {found.ask.engine}"]
    width = max(len(line.name) for line in found.running)
    lines += [
        f"  {line.name:<{width}} {size_in_words(line.size):<22} {line.formula}"
        for line in found.running
    ]
    needed = found.needed
    total = f"{size_in_words(needed):<22} up to {gibibytes(needed.high)}"
    lines.append(f"  {'together':<{width}} {total}")
    each = f"{exact(shape.kv_cache_bytes_per_token)} bytes"
    each = "unknown" if shape.cache_unknown else each
    lines += ["", f"Cache for one more token, 16 bits: {each}"]
    if found.adapter is not None:
        rank = found.ask.lora_rank
        lines.append(f"LoRA of rank {rank} trains {exact(found.adapter.trainable)} parameters")
    if found.on_device is not None:
        lines += device_lines(found, found.on_device)
    lines += [f"Note: {warning}" for warning in found.warnings]
    return "\n".join(lines)


def device_lines(found: Report, answer: Answer) -> Iterator[str]:
    """The reverse questions, a line each; what is not known is said to be unknown."""
    context = found.ask.context
    yield f"{answer.device.name}: {answer.verdict.answer}"
    if found.shape.generates:
        yield row("longest context", answer.longest, "tokens")
    if found.shape.generates and context:
        yield row(f"at once, {exact(context)} each", answer.users, "sequences")
    if answer.verdict.answer != FITS:
        beyond = f"more than {answer.most_cards}" if answer.most_cards else "unknown"
        yield f"  {'devices needed':<24} {answer.cards or beyond}"
    best = "unknown" if answer.format is None else answer.format or "none"
    yield f"  {'best format that fits':<24} {best}"
    yield f"  {'tokens a second':<24} {spread(answer.rate)}"
    if context:
        yield f"  {'first token, seconds':<24} {spread(answer.first)}"


def row(name: str, number: int | None, unit: str) -> str:
    known = "unknown" if number is None else f"{exact(number)} {unit}" if number else "none"
    return f"  {name:<24} {known}"


def spread(rate: Rate | None) -> str:
    if rate is None:
        return "unknown"
    return f"{significant(rate.low, 2)} to {significant(rate.high, 2)}"


if __name__ == "__main__":
    raise SystemExit(main())
