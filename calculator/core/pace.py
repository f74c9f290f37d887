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

# The runs that speeds are drawn from (data/speeds.toml) were of models of a billion parameters and
# more.
SMALLEST_MEASURED = 10**9
# Prompts were measured on these only: data/speeds.toml.
PROMPT_MAKERS = {"NVIDIA"}


def writing(run: Run, device: Device) -> Rate | None:
    """Return the tokens a second of all conversations together; None where it is not known.

    See `decode_rate` for formula, units and source. None for an unknown bandwidth or cache, for
    servers, for models below a billion parameters and for those that write nothing: nobody
    measured them.
    """
    small = run.shape.total_parameters < SMALLEST_MEASURED
    unmeasured = device.count > 1 or small or not run.shape.generates
    if device.bytes_per_second is None or unmeasured or run.cache_unknown:
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
    unknown, on devices of other makers than NVIDIA, on servers and for mixtures of experts, of
    which no measured prompt is at hand. Left out: loading, waiting behind other prompts, images;
    that quantized weights are unpacked before they are multiplied.
    Source: the shares of data/speeds.toml: Llama 3 8B at 16 bits on five NVIDIA cards.
    """
    peak = device.operations_per_second
    unmeasured = device.maker not in PROMPT_MAKERS or run.shape.experts
    if peak is None or unmeasured or not run.context:
        return None
    step = writing(replace(run, sequences=1, asked={}), device)
    if step is None:
        return None
    share = prompt_share()
    reading = compute_seconds(
        operations=prompt_flops(run.shape, run.context),
        peak=peak,
        share=(share.low, share.high),
    )
    return Rate(max(reading.low, 1 / step.high), max(reading.high, 1 / step.low), "compute")


def prompt_flops(shape: Shape, tokens: int) -> int:
    """Return the operations of reading a prompt, windows included.

    2 × (active × tokens + head) + Σ over layers of 4 × heads × head size × pairs; pairs = tokens²
    ÷ 2 or, in a layer with a window w below tokens, w² ÷ 2 + w × (tokens − w)

    Units: operations. Errors: none. Left out: mixers that keep a state, whose operations for each
    token are in no proportion to the prompt; attention in chunks is counted like a window.
    Source: `prefill_flops`; counting pairs.
    """
    body = shape.active_without_embedding_and_head
    head = shape.active_without_embedding - body
    weights = prefill_flops(active=body, head=head, tokens=tokens)
    return weights + sum(times * pairs_flops(layer, tokens) for layer, times in shape.distinct)


def pairs_flops(layer: Layer, tokens: int) -> int:
    width = layer.heads * layer.head_dim
    window = layer.cache.window if layer.cache.windowed else tokens
    seen = min(window, tokens)
    twice_the_pairs = seen**2 + 2 * seen * (tokens - seen)
    return 2 * width * twice_the_pairs
