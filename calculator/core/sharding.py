"""What one of several devices keeps when they share the training of one model."""

from math import ceil

from calculator.core.ranges import Line, exactly
from calculator.core.training import ZERO, Recipe, TrainingError

# The first ZeRO stage that splits each group; the optimizer goes first because it is the largest.
FIRST_STAGE = {"optimizer": 1, "gradients": 2, "weights": 3}
LAST_STAGE = 3
GATHERED = "deepspeedai/DeepSpeed, deepspeed/runtime/zero/stage3.py (4 × the largest layer)"


def sharded_lines(
    *, parameters: int, recipe: Recipe, stage: int, devices: int, largest_layer: int = 0
) -> tuple[Line, ...]:
    """Return what each of `devices` keeps under ZeRO `stage` (0: nothing is split).

    stage 1, also Megatron's distributed optimizer: weights + gradients + optimizer ÷ devices;
    stage 2: weights + (gradients + optimizer) ÷ devices; stage 3: everything ÷ devices, and
    weights and gradients of the largest layer while it is gathered. With 32-bit gradients stage 1
    is 6 + 12/d bytes a parameter, with both widths of gradients stage 2 is 2 + 18/d.

    Units: parameters of the model and of its largest layer; bytes on one device, rounded up.
    Errors: TrainingError for a stage outside 0 to 3, no device, negative numbers.
    Left out: activations, buffers for communication, what is moved to the CPU.
    Source: Rajbhandari et al. 2019 (ZeRO); Megatron-LM's own report; DeepSpeed's code.
    """
    if stage not in range(LAST_STAGE + 1):
        raise TrainingError(f"ZeRO has the stages 1 to 3, and 0 for none: not {stage}")
    if devices < 1 or parameters < 0 or largest_layer < 0:
        raise TrainingError("sharing needs a device, and sizes that are not negative")
    lines = tuple(
        _line(name, parameters, recipe, devices if stage >= first else 1)
        for name, first in FIRST_STAGE.items()
    )
    if stage < LAST_STAGE or not largest_layer:
        return lines
    each = recipe.group("weights") + recipe.group("gradients")
    formula = f"{largest_layer:,} × {float(each):g}"
    return (
        *lines,
        Line("largest layer, gathered", exactly(ceil(largest_layer * each)), formula, GATHERED),
    )


def _line(name: str, parameters: int, recipe: Recipe, share: int) -> Line:
    each = recipe.group(name)
    formula = f"{parameters:,} × {float(each):g}" + (f" ÷ {share}" if share > 1 else "")
    return Line(name, exactly(ceil(parameters * each / share)), formula, ZERO)
