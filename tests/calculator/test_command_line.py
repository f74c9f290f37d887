"""The engine at the command line, run as people run it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODELS = {
    row["id"]: row
    for row in json.loads((ROOT / "tests/data/models.json").read_text(encoding="utf-8"))
}


def run(*arguments: str, config: Any = None) -> subprocess.CompletedProcess[str]:
    text = config if isinstance(config, str) else json.dumps(config)
    return subprocess.run(
        [sys.executable, "-m", "calculator", *arguments],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer(*arguments: str, model: str) -> dict[str, Any]:
    result = run("-", "--json", *arguments, config=MODELS[model]["config"])

    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_object_holds_whole_numbers_under_promised_names() -> None:
    found = answer("--context", "8192", "--lora-rank", "8", model="llama-3-8b")

    for name in (
        "total_parameters",
        "active_parameters",
        "weights_bytes",
        "kv_cache_bytes_per_token",
        "kv_cache_bytes",
        "state_bytes",
        "lora_parameters",
    ):
        assert isinstance(found[name], int), name
    assert sum(found["parts"].values()) == found["total_parameters"] == 8_030_261_248
    assert found["active_parameters"] == found["total_parameters"]
    assert found["weights_bytes"] == 2 * 8_030_261_248
    assert found["warnings"] == []


def test_the_cache_equals_what_llama_cpp_logged() -> None:
    # Llama 3.1 8B at 8,192 tokens: "KV self size = 1024.00 MiB".
    assert answer("--context", "8192", model="llama-3-8b")["kv_cache_bytes"] == 1024 * 2**20
    # DeepSeek-V3 at 32,768 tokens in q8_0: 1166.62 MiB.
    found = answer("--context", "32768", "--cache-type", "q8_0", model="deepseek-v3")
    assert found["kv_cache_bytes"] == 1_223_294_976


def test_cache_fields_come_only_with_a_context_and_lora_only_with_a_rank() -> None:
    found = answer(model="llama-3-8b")

    assert not {"kv_cache_bytes", "state_bytes", "lora_parameters"} & set(found)


def test_lora_counts_what_peft_counts() -> None:
    found = answer("--lora-rank", "8", "--lora-targets", "q_proj,v_proj", model="llama-2-7b")

    assert found["lora_parameters"] == 4_194_304


def test_experts_are_counted_whole_and_in_use() -> None:
    found = answer(model="mixtral-8x7b")

    assert found["total_parameters"] == 46_702_792_704
    assert found["active_parameters"] == 12_879_925_248


@pytest.mark.parametrize("name", ["fp32", "bf16", "fp8", "nf4", "Q4_K_M", "Q8_0", "MXFP4_MOE"])
def test_formats_are_named_as_people_name_them(name: str) -> None:
    found = answer("--format", name, model="llama-3-8b")

    assert found["format"] == name
    assert found["weights_bytes"] > 0


def test_people_get_plain_text_with_the_formula() -> None:
    result = run(
        "-", "--context", "8192", "--device", "rtx-4090", config=MODELS["llama-3-8b"]["config"]
    )

    assert result.returncode == 0
    assert "8,030,261,248 parameters" in result.stdout
    assert "8,192 tokens × 4,096 bytes" in result.stdout
    assert "RTX 4090: " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "config", "sentence"),
    [
        ((), {"model_type": "nope"}, "model_type “nope” is not a family known here."),
        ((), {}, "model_type is missing"),
        ((), "[]", "A config.json must be one JSON object."),
        ((), "not json", "The file is not valid JSON"),
        ((), {"model_type": "llama", "hidden_size": -1}, "hidden_size"),
        (("--format", "Q9_X"), None, "is not a format known here"),
        (("--context", "0"), None, "is not a whole number"),
        (("--context", "many"), None, "is not a whole number"),
        (("--engine", "ollama"), None, "invalid choice"),
        (("--cache-type", "q9", "--context", "9"), None, "The cache type must be one of"),
        (("--lora-rank", "8", "--lora-targets", "nope"), None, "No module of this model is named"),
        (("--device", "abacus"), None, "No device is called “abacus”."),
        (("--device", ""), None, "No device is called “”"),
        (("--device", "rtx-409"), None, "did you mean rtx-4090, rtx-4090-laptop?\n"),
        (("--cache-type", "q9"), None, "The cache type must be one of"),
        (("--engine", "vllm", "--cache-type", "q8_0"), None, "vllm has no cache type q8_0"),
        (("--lora-targets", "nope"), None, "No module of this model is named “nope”."),
        (("--lora-rank", "8", "--lora-targets", ","), None, "--lora-targets names no module"),
        (("--lora-rank", "0"), None, "Argument --lora-rank: “0” is not a whole number from 1"),
        (("--lora-rank", str(10**30)), None, "is not a whole number from 1 to 1,000,000,000"),
        (("--lora-rank", "0" * 11 + str(10**30)), None, "is not a whole number from 1"),
        (("--context", "-1"), None, "Argument --context: “-1” is not a whole number"),
        (("--context", "9" * 6000), None, "is not a whole number"),
        (("--sequences", "1e3"), None, "Argument --sequences: “1e3” is not a whole number"),
        (("--sequences", "1000001", "--context", "1"), None, "must be from 1 to 1,000,000."),
        (("--frobnicate",), None, "Unrecognized arguments: --frobnicate."),
        ((), "", "The file is empty."),
        ((), "[" * 10_000 + "]" * 10_000, "The file is nested too deep to be a config.json."),
        ((), '{"a": ' + "9" * 5000 + "}", "The file holds a number of thousands of digits."),
        ((), '{"hidden_size": 1, "hidden_size": 2}', "hidden_size is given twice, with different"),
        ((), '{"model_type": "llama", "hidden_size": NaN}', "hidden_size must be a whole number"),
        ((), {"model_type": "llama", "num_hidden_layers": 10**9}, "num_hidden_layers must be from"),
        ((), {"model_type": "llama", "vocab_size": "32000"}, "vocab_size must be a whole number"),
        ((), {"model_type": "llama", "vocab_size": True}, "vocab_size must be a whole number"),
        ((), {"model_type": "gpt2", "n_embd": 7}, "n_embd is 7, which num_attention_heads (12)"),
        ((), {"model_type": "a\nb\x1b[31m"}, "model_type “a�b�[31m” is not a family known here."),
        ((), " " * 2**23, "Standard input is longer than 4 MiB: a config.json is smaller."),
    ],
)
def test_bad_input_ends_with_2_and_one_sentence(
    arguments: tuple[str, ...], config: Any, sentence: str
) -> None:
    given = MODELS["llama-3-8b"]["config"] if config is None else config

    result = run("-", *arguments, config=given)

    assert result.returncode == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_longer_context_than_the_models_own_is_a_warning() -> None:
    found = answer("--context", "1000000", model="llama-2-7b")

    assert found["kv_cache_bytes"] > 0
    assert any("longer than the model's own" in warning for warning in found["warnings"])


def test_a_device_answers_the_reverse_questions() -> None:
    found = answer(
        "--format", "Q4_K_M", "--context", "8192", "--device", "rtx-4090", model="llama-3-70b"
    )

    assert found["verdict"] == "does not fit"
    assert found["longest_context"] == 0
    assert found["sequences_at_once"] == 0
    assert found["devices_needed"] == 2
    assert found["best_format"] is None
    assert found["tokens_per_second"] is None
    assert found["seconds_to_first_token"] is None


def test_a_device_that_holds_the_model_says_for_how_many_and_how_fast() -> None:
    found = answer("--context", "8192", "--device", "h100-sxm-80gb", model="llama-3-8b")

    assert found["longest_context"] == 131_072
    assert found["sequences_at_once"] > 1
    assert found["devices_needed"] == 1
    assert found["best_format"] == "BF16"
    assert 0 < found["tokens_per_second"]["low"] < found["tokens_per_second"]["high"]
    assert 0 < found["seconds_to_first_token"]["low"] < found["seconds_to_first_token"]["high"]


def test_without_a_device_nothing_is_said_of_one() -> None:
    found = answer("--context", "8192", model="llama-3-8b")

    assert not {"device", "verdict", "longest_context", "devices_needed"} & set(found)


@pytest.mark.parametrize(
    ("model", "arguments", "lines"),
    [
        (
            "llama-3-8b",
            ("--format", "Q8_0", "--context", "8192", "--device", "rtx-4060"),
            (
                "longest context          none",
                "at once, 8,192 each      none",
                "devices needed           2",
                "best format that fits    Q4_K_M",
                "first token, seconds     unknown",
            ),
        ),
        (
            "deepseek-v4-flash-284b",
            ("--context", "8192", "--device", "m4-16gb"),
            (
                "longest context          unknown",
                "at once, 8,192 each      unknown",
                "devices needed           unknown",
                "best format that fits    none",
            ),
        ),
        (
            "deepseek-v3",
            ("--format", "Q4_K_M", "--device", "rtx-4060"),
            ("devices needed           more than 16",),
        ),
    ],
)
def test_people_get_a_line_for_each_reverse_question(
    model: str, arguments: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    result = run("-", *arguments, config=MODELS[model]["config"])

    printed = [line.strip() for line in result.stdout.splitlines()]
    assert set(lines) <= set(printed)


def test_apples_devices_are_judged_by_their_own_runtime() -> None:
    found = answer("--context", "8192", "--device", "m4-16gb", model="llama-3-8b")

    assert (
        found["needed_bytes"]["low"]
        < answer("--context", "8192", model="llama-3-8b")["needed_bytes"]["low"]
    )


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    result = run(str(tmp_path))

    assert result.returncode == 2
    assert result.stderr == f"{tmp_path} cannot be read: Is a directory.\n"


def test_a_large_file_is_not_read_to_its_end() -> None:
    result = run("/dev/zero")

    assert result.returncode == 2
    assert result.stderr.startswith("/dev/zero is longer than 4 MiB")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00binary"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "config.json"
    if content is not None:
        file.write_bytes(content)

    result = run(str(file))

    assert result.returncode == 2
    assert "config.json" in result.stderr


def test_no_django_is_loaded() -> None:
    program = "import sys; import calculator.__main__; print('django' in sys.modules)"

    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert result.stdout.strip() == "False"
