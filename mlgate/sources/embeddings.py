"""Contextual embeddings of texts by a transformer model from disk (extra `[bertscore]`)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Embedding = tuple[NDArray[np.float32], NDArray[np.bool_]]

_DEPTH = 0.75
"""Share of the layers that the default goes through, rounded up: 9 of the 12 of BERT base, 18 of the 24 of BERT large
and 5 of the 6 of DistilBERT, as in the package bert-score, which chose by agreement with human judgement. It takes 10
of 12 for RoBERTa base and 17 of 24 for RoBERTa large: name these where its values are wanted."""

_UNLIMITED = 10**6
"""Tokenizers that know no limit give a number beyond this."""

_SPACE_FIRST = frozenset({"GPT2Tokenizer", "RobertaTokenizer"})
"""Tokenizers to which a word after a space is another one than the same word at the start, which would match worse."""


def load_embedder(
    model: str | Path, *, layer: int | None = None, device: str = "cpu", batch_size: int = 1
) -> Callable[[Sequence[str]], list[Embedding]]:
    """A function that embeds texts with a pretrained encoder such as BERT or RoBERTa.

    Parameters
    ----------
    model : folder with `config.json`, `model.safetensors` and the tokenizer's files
    layer : whose output is taken, counted from 1; None for three quarters of the layers, rounded up
    device : as torch names it, e.g. `cuda`
    batch_size : texts of equal length in tokens that go through the model together. At 1 an embedding depends on its
        text alone, to the bit; more is faster on a GPU, and moves the last digits

    Returns
    -------
    callable
        From texts to, for each text, float32 vectors (n_tokens, n_dimensions) and whether each token counts
        (n_tokens,): those that separate texts or stand for a whole one (`[CLS]`, `[SEP]`) do not.

    Raises
    ------
    SourceError
        When called: torch or transformers is not installed, or the folder does not hold a model with that layer.

    Notes
    -----
    The model is loaded at the first call. Nothing is downloaded. No code of the folder runs: weights are read from
    safetensors, never unpickled. White space around a text is left out, and a text longer than the model can read is
    cut there, both as in the package bert-score.
    """
    loaded: list[_Encoder] = []

    def embed(texts: Sequence[str]) -> list[Embedding]:
        if not loaded:
            loaded.append(_Encoder(Path(model), layer, device))
        return loaded[0].embed(texts, batch_size)

    return embed


class _Encoder:
    """A model and its tokenizer, ready to embed."""

    def __init__(self, folder: Path, layer: int | None, device: str) -> None:
        self._torch, transformers = _import("torch"), _import("transformers")
        if not (folder / "config.json").is_file():
            raise SourceError(
                f"{folder} holds no model: it has no config.json",
                hint="name the folder that `save_pretrained` of the model and of its tokenizer wrote",
            )
        safe = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **safe)
            self._model = transformers.AutoModel.from_pretrained(str(folder), use_safetensors=True, **safe)
            self._model.eval().to(device)
        except Exception as error:  # whatever transformers, tokenizers, safetensors and torch raise
            raise SourceError(
                f"cannot load the model in {folder}: {_first_line(error)}",
                hint="it needs config.json, model.safetensors and the tokenizer's files, and a device that is there",
            ) from error
        config = self._model.config
        if config.is_encoder_decoder:
            raise SourceError(f"{folder} holds a model with a decoder", hint="name an encoder such as BERT or RoBERTa")
        self._layer = _chosen_layer(int(config.num_hidden_layers), layer)
        self._longest = _longest(self._tokenizer, config)

    def embed(self, texts: Sequence[str], batch_size: int) -> list[Embedding]:
        tokens = [self._tokens(text.strip()) for text in texts]
        # Texts of equal length share a batch, so none needs padding.
        order = sorted(range(len(texts)), key=lambda number: len(tokens[number]))
        embedded: dict[int, Embedding] = {}
        while order:
            batch = [number for number in order[:batch_size] if len(tokens[number]) == len(tokens[order[0]])]
            order = order[len(batch) :]
            vectors = self._vectors([tokens[number] for number in batch])
            for number, of_text in zip(batch, vectors, strict=True):
                embedded[number] = (of_text, self._counts(tokens[number]))
        return [embedded[number] for number in range(len(texts))]

    def _tokens(self, text: str) -> list[int]:
        spaced = f" {text}" if text and type(self._tokenizer).__name__.removesuffix("Fast") in _SPACE_FIRST else text
        return list(self._tokenizer(spaced, truncation=True, max_length=self._longest)["input_ids"])

    def _vectors(self, batch: list[list[int]]) -> Any:
        """Shape (n_texts, n_tokens, n_dimensions)."""
        torch = self._torch
        ids = torch.tensor(batch, dtype=torch.long, device=self._model.device)
        with torch.inference_mode():
            states = self._model(
                input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True
            ).hidden_states
        return states[self._layer].float().cpu().numpy()

    def _counts(self, tokens: list[int]) -> NDArray[np.bool_]:
        import numpy as np

        left_out = {self._tokenizer.cls_token_id, self._tokenizer.sep_token_id}
        return np.array([token not in left_out for token in tokens], dtype=np.bool_)


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SourceError(
            f"bertscore needs {name}, which is not installed", hint='pip install "mlgate[bertscore]"'
        ) from error


def _chosen_layer(n_layers: int, layer: int | None) -> int:
    """
    Examples
    --------
    >>> [_chosen_layer(n_layers, None) for n_layers in (2, 6, 12, 24)]
    [2, 5, 9, 18]
    """
    if layer is None:
        return ceil(_DEPTH * n_layers)
    if not 1 <= layer <= n_layers:
        raise SourceError(f"the model has no layer {layer}", hint=f"its layers are 1 to {n_layers}")
    return layer


def _longest(tokenizer: Any, config: Any) -> int:
    """Most tokens of a text: what tokenizer and model both allow."""
    known = [int(tokenizer.model_max_length)] if tokenizer.model_max_length < _UNLIMITED else []
    positions = getattr(config, "max_position_embeddings", None)
    if positions:
        # RoBERTa numbers places from the padding token's id on, so it has that many and one fewer.
        offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
        known.append(int(positions) - offset)
    return min(known, default=512)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
