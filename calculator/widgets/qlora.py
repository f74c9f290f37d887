"""What fine-tuning needs in memory: everything, LoRA on 16 bits, QLoRA on 4, on one scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculator.core import formatting
from calculator.core.adapters import FROZEN_BITS, TuningMemory, adapter_tuning, full_tuning
from calculator.core.real_models import RealModel, adapted, stored
from calculator.core.result import Equation, Output, Result, Term, with_notes
from calculator.core.shapes import Piece, stack
from calculator.fields import NumberField
from calculator.forms import CalculatorForm, model_presets
from calculator.registry import widget
from calculator.shared_inputs import billions_field, parameters_field

MODEL_FIELDS = {"n": "parameters"}
USUAL_RANK = 16


class Form(CalculatorForm):
    n = parameters_field(label="Parameters of the model", initial="8.03")
    bpw = NumberField(
        label="Bits per weight of the frozen model",
        initial="4.127",
        minimum="1",
        maximum="32",
        hint="4.127 is NF4 with its scales quantized once more",
        example="4.127",
        accent="b",
    )
    A = billions_field(
        label="LoRA parameters",
        initial="0.0419",
        minimum="0.0001",
        hint="0.0419 is rank 16 on every matrix of Llama 3.1 8B",
        example="0.0419 or 42M",
        accent="adapter",
    )
    o = NumberField(
        label="Bytes for each LoRA parameter",
        initial="12",
        minimum="1",
        maximum="64",
        hint="Weight 2, gradient 2, Adam’s two averages 8",
        example="12",
        accent="bytes",
    )
    model_fields = MODEL_FIELDS
    presets = (
        model_presets(
            "n", MODEL_FIELDS, "llama-3.2-1b", "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b"
        ),
    )

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        return with_notes(result, stored(model, "nf4-dq"), adapted(model, USUAL_RANK))

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["A"] >= cleaned["n"]:
            self.add_error("A", "LoRA parameters must be fewer than the model’s")


@dataclass(frozen=True, slots=True)
class Bar:
    key: str
    name: str
    text: str
    how: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    bars: tuple[Bar, ...]


@widget(
    __name__,
    title="QLoRA",
    question="What does QLoRA need to fine-tune this model?",
    form=Form,
    terms=("qlora", "fine-tuning"),
    order=14,
)
def compute(*, n: Decimal, bpw: Decimal, A: Decimal, o: Decimal) -> Result:  # noqa: N803
    quantized = adapter_tuning(parameters=n, bits=bpw, adapter=A, adapter_bytes=o)
    lora = adapter_tuning(parameters=n, bits=Decimal(FROZEN_BITS), adapter=A, adapter_bytes=o)
    full = full_tuning(parameters=n)
    text, base, trained = (
        formatting.gigabytes(size) for size in (quantized.total, quantized.base, quantized.trained)
    )
    scale = max(full.total, lora.total, quantized.total)
    return Result(
        outputs={
            "qlora": Output.of_bytes(quantized.total),
            "lora": Output.of_bytes(lora.total),
            "full": Output.of_bytes(full.total),
            "base": Output.of_bytes(quantized.base),
            "adapter": Output.of_bytes(quantized.trained),
        },
        equation=equation(quantized.total, n, bpw, A, o),
        sentence=f"before activations: {base} for the frozen model and {trained} for the adapter"
        f" with its gradients and Adam’s averages. {comparison(full.total / quantized.total)}",
        announcement=f"QLoRA needs {text}, LoRA {formatting.gigabytes(lora.total)}, full"
        f" fine-tuning {formatting.gigabytes(full.total)}, before activations",
        picture=Picture(
            (
                bar("full", "Full fine-tuning", full, scale, "gradients and Adam"),
                bar("lora", "LoRA, model at 16 bits", lora, scale, "adapter"),
                bar("qlora", f"QLoRA, model at {bits(bpw)} bits", quantized, scale, "adapter"),
            )
        ),
        notes=notes(bpw),
    )


def notes(bpw: Decimal) -> tuple[str, ...]:
    if bpw < FROZEN_BITS:
        return ()
    return (f"At {bits(bpw)} bits nothing is saved: plain LoRA keeps the model at 16 bits.",)


def bits(value: Decimal) -> str:
    return formatting.significant(value, 6)


def comparison(ratio: Decimal) -> str:
    if ratio <= 1:
        return "With this much for each adapter parameter, training every weight takes no more."
    return f"Training every weight would take {formatting.significant(ratio, 2)} times as much."


def equation(size: Decimal, n: Decimal, bpw: Decimal, adapter: Decimal, each: Decimal) -> Equation:
    amount, unit = formatting.split_bytes(size)
    model, trained = formatting.count_words(n), formatting.count_words(adapter)
    width, weight = bits(bpw), formatting.significant(each, 6)
    return Equation(
        Term("QLoRA", amount, unit, kind="out"),
        (
            Term("model", model, kind="n", operator="="),
            Term("bits", width, kind="b", operator="×"),
            Term("in a byte", "8", operator="÷"),
            Term("adapter", trained, operator="+"),
            Term("bytes each", weight, operator="×"),
        ),
        f"{amount} {unit} equals {model} parameters times {width} bits divided by 8, plus {trained}"
        f" adapter parameters times {weight} bytes.",
    )


def bar(key: str, name: str, memory: TuningMemory, scale: Decimal, extra: str) -> Bar:
    base, trained = formatting.gigabytes(memory.base), formatting.gigabytes(memory.trained)
    pieces = (("base", "Model", memory.base, base), ("trained", extra, memory.trained, trained))
    return Bar(
        key=key,
        name=name,
        text=formatting.gigabytes(memory.total),
        how=f"{base} model + {trained} {extra}",
        pieces=stack(pieces, scale=scale),
    )
