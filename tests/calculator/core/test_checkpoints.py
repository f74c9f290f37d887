"""What is in a saved model, with and without the state of its training."""

from decimal import Decimal

from calculator.core.checkpoints import STATE_BYTES, checkpoint_parts


def test_a_released_model_is_its_weights_and_nothing_else() -> None:
    # Two bytes for each parameter of Llama 3.1 8B.
    parts = checkpoint_parts(
        parameters=Decimal(8_030_261_248), bits=Decimal(16), training_state=False
    )

    assert [part.size for part in parts] == [16_060_522_496]


def test_training_state_adds_twelve_bytes_for_each_parameter() -> None:
    plain = checkpoint_parts(parameters=Decimal(10**9), bits=Decimal(16), training_state=False)

    whole = checkpoint_parts(parameters=Decimal(10**9), bits=Decimal(16), training_state=True)

    assert whole[:1] == plain
    assert sum(part.size for part in whole[1:]) == 12 * 10**9 == STATE_BYTES * 10**9
