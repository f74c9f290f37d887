"""How fast one device writes and reads: tokens a second and the first token, as ranges."""

from dataclasses import replace

from calculator.core.architecture import Layer, Shape
from calculator.core.devices import Device
from calculator.core.serving import Run
from calculator.core.speed import (
    Rate,
    compute_seconds,
    decode_rate,
    decode_share,
    experts_read,
    prefill_flops,
    prompt_share,
)

# The runs that speeds are drawn from were of models of a billion parameters and more.
SMALLEST_MEASURED = 10**9
# Prompts were measured on these only: data/speeds.toml.
PROMPT_MAKERS = {"NVIDIA"}


def writing(run: Run, device: Device) -> Rate | None:
    """Return the tokens a second of all conversations together; None where it is not known.

    See `decode_rate` for formula, units and source. None for an unknown bandwidth, for servers,
    for models below a billion parameters and for those that write nothing: nobody measured them.
    """
    small = run.shape.total_parameters < SMALLEST_MEASURED
    if device.bytes_per_second is None or device.count > 1 or small or not run.shape.generates:
        return None
    bits = 8 * run.weights / run.shape.total_parameters
    share = decode_share(device.memory_type, bits, experts=bool(run.shape.experts))
    read = parameters_read(run.shape, run.sequences) / run.shape.total_parameters
    return decode_rate(
        weights=run.weights * read,
        cache=run.kept().total / run.sequences,
        bandwidth=device.bytes_per_second,
        share=share,
        sequences=run.sequences,
        active=run.shape.active_without_embedding,
        peak=device.operations_per_second or 0,
    )


def parameters_read(shape: Shape, sequences: int) -> float:
    """Return how many parameters one step of writing reads for so many conversations at once.

    active without the input embedding + Σ over expert tensors (experts read − active experts) ×
    parameters of one: the more conversations, the more different experts they ask for

    Units: parameters. Errors: none. Left out and source: as `experts_read`.
    """
    read = float(shape.active_without_embedding)
    for tensor, times in shape.counted():
        if tensor.active < tensor.copies:
            found = experts_read(experts=tensor.copies, per_token=tensor.active, tokens=sequences)
            read += (found - tensor.active) * tensor.rows * tensor.columns * times
    return read


def first_token(run: Run, device: Device) -> Rate | None:
    """Return the seconds until the first token after one prompt of the run's context.

    operations of the prompt ÷ (share × peak), and no less than one step of writing, which reads
    all weights once

    Units: seconds, fastest first. Errors: none; None where the peak rate or the bandwidth is
    unknown, on Apple's and AMD's devices, on servers and for mixtures of experts, of which no
    measured prompt is at hand. Left out: loading, waiting behind other prompts, images; that
    quantized weights are unpacked before they are multiplied.
    Source: the shares of data/speeds.toml: Llama 3 8B at 16 bits on five NVIDIA cards.
    """
    peak = device.operations_per_second
    step = writing(replace(run, sequences=1, asked={}), device)
    known = peak is not None and device.maker in PROMPT_MAKERS and not run.shape.experts
    if step is None or not run.context or not known:
        return None
    share = prompt_share()
    reading = compute_seconds(
        operations=prompt_flops(run.shape, run.context),
        peak=peak or 0,
        share=(share.low, share.high),
    )
    return Rate(max(reading.low, 1 / step.high), max(reading.high, 1 / step.low), "compute")


def prompt_flops(shape: Shape, tokens: int) -> int:
    """Return the operations of reading a prompt, windows included.

    2 × active × tokens + Σ over layers 2 × heads × head size × pairs, pairs = tokens² or, in a
    layer with a window w below tokens, w² + 2 × w × (tokens − w)

    Units: operations. Errors: none. Left out: mixers that keep a state, whose operations for each
    token are in no proportion to the prompt. Source: `prefill_flops`; counting pairs.
    """
    weights = prefill_flops(active=shape.active_without_embedding, tokens=tokens)
    return weights + sum(times * pairs_flops(layer, tokens) for layer, times in shape.distinct)


def pairs_flops(layer: Layer, tokens: int) -> int:
    width = layer.heads * layer.head_dim
    window = layer.cache.window if layer.cache.windowed else tokens
    seen = min(window, tokens)
    return 2 * width * (seen**2 + 2 * seen * (tokens - seen))
