"""Embeddings by a small BERT with random weights, written and read back on disk; BERTScore with it.

torch is no dependency of the tests (some 200 MB), so most of these are skipped where it is not installed:
`pip install torch transformers bert-score`.
"""

from __future__ import annotations

import importlib
import json
import pickle
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlgate.errors import SourceError
from mlgate.metrics.kernels.bertscore import bertscore_kernel, bertscores
from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample
from mlgate.sources.embeddings import load_embedder

WORDS = ["the", "cat", "sat", "on", "a", "mat", "dog", "ran", "##s", "##ning", ".", ",", "very"]
N_LAYERS, N_PLACES = 4, 16
TEXTS = [
    "the cat sat on a mat.",
    "cats",
    "  the dogs ran, very running \n",
    "",
    "mat unknown cat",
    "[CLS] cat [SEP] mat",
]


def library(name: str) -> Any:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: it is too large to be a dependency of the tests")
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of four layers with random weights, as `save_pretrained` leaves it."""
    torch, transformers = library("torch"), library("transformers")
    path = tmp_path_factory.mktemp("bert")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (path / "vocab.txt").write_text("\n".join([*special, *WORDS]) + "\n", encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast.from_pretrained(
        str(path), local_files_only=True, model_max_length=N_PLACES
    )
    tokenizer.save_pretrained(str(path))
    config = transformers.BertConfig(
        vocab_size=len(special) + len(WORDS),
        hidden_size=32,
        num_hidden_layers=N_LAYERS,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=N_PLACES,
        initializer_range=0.4,
    )
    with torch.random.fork_rng():
        torch.manual_seed(11)
        transformers.BertModel(config).save_pretrained(str(path))
    return path


def sample_of(references: Sequence[str], hypotheses: Sequence[str]) -> Sample:
    return Sample(
        n_rows=len(references), references=np.array(references, object), hypotheses=np.array(hypotheses, object)
    )


def test_embeddings_are_the_hidden_states_of_the_layer(folder: Path) -> None:
    torch, transformers = library("torch"), library("transformers")
    model = transformers.AutoModel.from_pretrained(str(folder)).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    for layer in (None, 1, N_LAYERS):
        vectors, counts = load_embedder(folder, layer=layer)([TEXTS[0]])[0]
        inputs = tokenizer(TEXTS[0], return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs, output_hidden_states=True).hidden_states
        assert vectors == pytest.approx(states[3 if layer is None else layer][0].numpy(), abs=1e-6)
        assert counts.tolist() == [False] + [True] * 7 + [False]


def test_an_embedding_depends_on_its_text_alone(folder: Path) -> None:
    embed = load_embedder(folder)
    together = embed([*TEXTS, *reversed(TEXTS)])
    for text, first, second in zip(TEXTS, together, reversed(together), strict=False):
        alone = load_embedder(folder)([text])[0]
        for found in (first, second):
            assert found[0].tobytes() == alone[0].tobytes()
            assert found[1].tolist() == alone[1].tolist()


def test_batches_give_the_same_but_for_rounding(folder: Path) -> None:
    one, many = load_embedder(folder)(TEXTS * 3), load_embedder(folder, batch_size=4)(TEXTS * 3)
    for expected, found in zip(one, many, strict=True):
        assert found[0] == pytest.approx(expected[0], abs=1e-5)
        assert found[1].tolist() == expected[1].tolist()


def test_special_tokens_do_not_count_and_long_texts_are_cut(folder: Path) -> None:
    empty, long, written = load_embedder(folder)(["  ", "cat " * 50, "[CLS] cat [SEP]"])
    assert empty[1].tolist() == [False, False]
    assert long[1].tolist() == [False] + [True] * (N_PLACES - 2) + [False]
    assert written[1].tolist() == [False, False, True, False, False]
    assert long[0].shape == (N_PLACES, 32)
    assert long[0].dtype == np.float32


def test_the_model_limits_a_text_where_the_tokenizer_does_not(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    settings = json.loads((copy / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert settings.pop("model_max_length") == N_PLACES
    (copy / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    expected, found = (load_embedder(path)(["cat " * 50])[0] for path in (folder, copy))
    assert found[0].tobytes() == expected[0].tobytes()


def test_bertscore_with_a_model(folder: Path) -> None:
    kernel = bertscore_kernel(load_embedder(folder))
    same = kernel.columns(sample_of(TEXTS, TEXTS))
    assert same[:, 0] == pytest.approx([1.0, 1.0, 1.0, 0.0, 1.0, 1.0], abs=1e-6)
    other = compute_value(kernel, sample_of(["the cat sat on a mat."], ["very dogs ran"]))
    assert 0 < other < 0.999


def test_bertscore_equals_the_package_bert_score(folder: Path) -> None:
    """Row by row; it computes in single precision, and an empty text breaks it with transformers 5."""
    bert_score = library("bert_score")
    references = ["the cat sat on a mat.", "the dog ran", "cats, dogs", "a very running cat", "[CLS] mat"]
    hypotheses = ["a cat sat on the mats", "mats ran.", "dogs, cats", "cat " * 40, "cat [SEP] mat the"]
    for layer in (1, 3, N_LAYERS):
        theirs = bert_score.score(
            hypotheses, references, model_type=str(folder), num_layers=layer, idf=False, device="cpu", nthreads=1
        )[2]
        found = bertscores(sample_of(references, hypotheses), load_embedder(folder, layer=layer))
        assert found == pytest.approx(theirs.numpy(), abs=2e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layer": 0}, "no layer 0"),
        ({"layer": N_LAYERS + 1}, "no layer 5"),
        ({"device": "nonsense"}, "cannot load the model"),
    ],
)
def test_wrong_settings_are_named(folder: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        load_embedder(folder, **settings)(["cat"])
    assert caught.value.hint


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def with_damaged_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])


def without_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def with_a_decoder(folder: Path) -> None:
    config = folder / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"is_encoder_decoder": True}), encoding="utf-8")


@pytest.mark.parametrize("damage", [without_weights, with_damaged_weights, without_config, with_a_decoder])
def test_a_damaged_folder_is_refused(folder: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    damage(copy)
    with pytest.raises(SourceError, match="copy") as caught:
        load_embedder(copy)(["cat"])
    assert caught.value.hint


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (self.path, "w")


def test_nothing_is_unpickled(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    without_weights(copy)
    (copy / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": Trap(tmp_path / "sprung")}))
    with pytest.raises(SourceError, match="cannot load the model"):
        load_embedder(copy)(["cat"])
    assert not (tmp_path / "sprung").exists()


def test_nothing_is_loaded_before_the_first_call(tmp_path: Path) -> None:
    load_embedder(tmp_path / "nowhere")


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_a_missing_library_is_named_with_its_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    present = {"torch", "transformers"} - {missing}
    for name in present:
        monkeypatch.setitem(sys.modules, name, sys)  # any module: it is not reached
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SourceError, match=f"{missing}, which is not installed") as caught:
        load_embedder(tmp_path)(["cat"])
    assert "mlgate[bertscore]" in caught.value.hint
    with pytest.raises(UndefinedMetricError, match=rf"{missing}.*mlgate\[bertscore\]"):
        bertscores(sample_of(["cat"], ["cat"]), load_embedder(tmp_path))


def test_a_folder_without_a_model_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("torch", "transformers"):
        monkeypatch.setitem(sys.modules, name, sys)  # any module: it is not reached
    with pytest.raises(SourceError, match="holds no model: it has no config"):
        load_embedder(tmp_path)(["cat"])
