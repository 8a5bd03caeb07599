"""What a real encoder attends to in your sentence: attention maps by layer and head.

In every layer of a transformer (Vaswani et al., 2017) each head gives each token a row of weights,
softmax(q·k / sqrt(d)), over all tokens it may look at; a row sums to 1. The encoder is pretrained, so
its heads have found roles of their own (Clark et al., 2019): some look at the previous or next token,
many at a special token, [SEP] in BERT and [CLS] in MiniLM. A map shows where information flows, and
does not prove why an answer came out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import field_validator

from tools.engine.lab import Cost, LabConfig, setting

if TYPE_CHECKING:
    import torch

    from tools.engine.report import Report


class Config(LabConfig):
    """The settings of one run."""

    sentence: str = setting(
        "Sarah fed the cat because it was hungry.", "The sentence to read.", max_length=4000
    )
    model: str = setting(
        "minilm",
        "The encoder: minilm (carried), a name on the Hugging Face hub such as bert-base-cased, or a folder.",
        min_length=1,
        max_length=300,
    )
    layer: int = setting(4, "The layer whose maps are drawn, counted from 1 at the bottom.", ge=1, le=96)
    head: int = setting(2, "The head whose map is drawn, counted from 1.", ge=1, le=128)
    max_tokens: int = setting(
        48,
        "A longer sentence is cut after this many tokens, [CLS] and [SEP] included.",
        unit="tokens",
        ge=4,
        le=512,
    )

    @field_validator("sentence")
    @classmethod
    def _not_empty(cls, sentence: str) -> str:
        if not sentence.strip():
            raise ValueError("it has no words.")
        return sentence.strip()


def cost(config: Config) -> Cost:
    """Measured on two cores: nearly all of it is importing transformers and reading the weights."""
    return Cost(4.5, 470) if config.model == "minilm" else Cost(10.0, 1500)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """One forward pass, then the maps of the chosen layer and a table over all heads."""
    from tools.assets.encoder import load_encoder
    from tools.errors import BadSettings

    report.log("Loading the encoder ...")
    model, tokenizer, source = load_encoder(config.model, home=report.home)
    report.using_model(
        source.name,
        source.source,
        parameters=source.parameters,
        stand_in_for=source.stand_in_for,
        note=source.note,
    )
    if model.config.is_encoder_decoder:
        raise BadSettings(f"{source.name} is no encoder alone.", help="Choose one like bert-base-cased.")
    most = min(config.max_tokens, getattr(model.config, "max_position_embeddings", config.max_tokens))
    report.using_data("one sentence", 'the setting "sentence"', rows=1)
    sentence = read_sentence(config, tokenizer, most, report)
    weights = attention_weights(model.to(report.device), sentence.ids.to(report.device))
    layers, heads = weights.shape[:2]
    check_place(config, layers, heads, source.name)

    show_layer(report, config, sentence.tokens, weights)
    masks = places(sentence, tokenizer.cls_token, tokenizer.sep_token)
    bits = entropy(weights)
    count = show_heads(report, shares(weights, masks, sentence.words), bits)
    return {
        "tokens": len(sentence.tokens),
        "layers": layers,
        "heads": heads,
        "entropy": float(bits.mean()),
        "chosen_entropy": float(bits[config.layer - 1, config.head - 1]),
        "largest_entropy": math.log2(len(sentence.tokens)),
        **{f"heads_on_{place.replace(' ', '_')}": number for place, number in count.items()},
    }


@dataclass(frozen=True)
class Sentence:
    """A sentence as the encoder gets it.

    `tokens` with the special ones, `ids` [1, tokens], `words` the number of the word that each
    token is a piece of (None for special tokens).
    """

    tokens: list[str]
    ids: torch.Tensor
    words: list[int | None]


def read_sentence(config: Config, tokenizer: Any, most: int, report: Report) -> Sentence:
    """The sentence in tokens, cut after `most`, which the log then says.

    Raises BadSettings for a sentence of signs that the tokenizer drops, such as a zero-width space.
    """
    from tools.errors import BadSettings

    whole = tokenizer(config.sentence, truncation=False)["input_ids"]
    cut = tokenizer(config.sentence, truncation=True, max_length=most, return_tensors="pt")
    tokens: list[str] = tokenizer.convert_ids_to_tokens(cut["input_ids"][0].tolist())
    if all(word is None for word in cut.word_ids()):
        raise BadSettings(
            "Nothing of the sentence is left after the tokenizer.", help="Write a sentence with words."
        )
    if len(whole) > len(tokens):
        report.log(
            f"The sentence has {len(whole)} tokens; only the first {len(tokens)} are read (max_tokens)."
        )
    return Sentence(tokens, cut["input_ids"], cut.word_ids())


def attention_weights(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """All attention weights of one sentence, [layers, heads, tokens that look, tokens looked at], on the CPU.

    The plain ("eager") implementation is asked for: the fast ones never build the whole map.
    """
    import torch

    model.set_attn_implementation("eager")
    with torch.inference_mode():
        maps = model(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True).attentions
    return torch.stack([layer[0].float().cpu() for layer in maps])


def check_place(config: Config, layers: int, heads: int, name: str) -> None:
    """Raise BadSettings where the encoder has no such layer or head."""
    from tools.errors import BadSettings

    for setting_name, wanted, there in (("layer", config.layer, layers), ("head", config.head, heads)):
        if wanted > there:
            raise BadSettings(
                f"{setting_name} cannot be {wanted}: {name} has {layers} layers of {heads} heads.",
                help=f"Choose a {setting_name} from 1 to {there}.",
            )


# -- reading the maps


def entropy(weights: torch.Tensor) -> torch.Tensor:
    """The mean entropy of each head's rows in bits, [layers, heads].

    0 where every token looks at one token only, log2(tokens) where it looks at all alike.
    """
    import torch

    return -torch.xlogy(weights, weights).sum(dim=-1).mean(dim=-1) / torch.log(torch.tensor(2.0))


def places(sentence: Sentence, start: str | None, separator: str | None) -> dict[str, torch.Tensor]:
    """Where a token may look, as masks [tokens that look, tokens looked at]; they may overlap.

    "same word" is another piece of the same word, or the same token elsewhere in the sentence;
    "other tokens" is what no other mask has.
    """
    import torch

    tokens, words, n = sentence.tokens, sentence.words, len(sentence.tokens)
    at = torch.arange(n)
    step = at[None, :] - at[:, None]  # how far to the right the token looked at stands
    alike = [
        [words[i] is not None and (words[i] == words[j] or tokens[i] == tokens[j]) for j in range(n)]
        for i in range(n)
    ]
    masks = {
        "itself": step == 0,
        "previous token": step == -1,
        "next token": step == 1,
        "same word": torch.tensor(alike) & (step != 0),
        "start": torch.tensor([token == start for token in tokens]).expand(n, n),  # [CLS] in BERT
        "separator": torch.tensor([token == separator for token in tokens]).expand(n, n),  # [SEP] in BERT
    }
    return {**masks, "other tokens": ~torch.stack(list(masks.values())).any(dim=0)}


def shares(
    weights: torch.Tensor, masks: dict[str, torch.Tensor], words: list[int | None]
) -> dict[str, torch.Tensor]:
    """How much of each head's attention goes to each place, [layers, heads], over the sentence's own tokens.

    What [CLS] and [SEP] themselves look at is left out. Where places overlap (the separator is also
    the next token of the last one), a weight counts for each.
    """
    import torch

    own = torch.tensor([word is not None for word in words])
    return {place: (weights * mask)[:, :, own].sum(dim=-1).mean(dim=-1) for place, mask in masks.items()}


# -- what there is to see


def show_layer(report: Report, config: Config, tokens: list[str], weights: torch.Tensor) -> None:
    """The chosen head, the mean of its layer, and every head of the layer."""
    layer = weights[config.layer - 1]

    def show(name: str, values: torch.Tensor, title: str) -> None:
        rounded = [[round(value, 4) for value in row] for row in values.tolist()]
        report.heatmap(name, tokens, tokens, rounded, f"{title} (rows look, columns are looked at)", 0.0)

    show("chosen-head", layer[config.head - 1], f"Layer {config.layer}, head {config.head}")
    show("layer-mean", layer.mean(dim=0), f"Layer {config.layer}, the mean of its {len(layer)} heads")
    for number, head in enumerate(layer, 1):
        show(f"head-{number}", head, f"Layer {config.layer}, head {number}")


def show_heads(report: Report, share: dict[str, torch.Tensor], bits: torch.Tensor) -> dict[str, int]:
    """What each head mostly looks at, as a table and as maps; how many heads of each kind there are."""
    layers, heads = bits.shape
    count = dict.fromkeys(share, 0)
    rows: list[list[str | int | float]] = []
    for layer in range(layers):
        for head in range(heads):
            here = {place: float(each[layer, head]) for place, each in share.items()}
            most = max(here, key=lambda place: here[place])
            count[most] += 1
            figures = [round(value, 3) for value in here.values()]
            rows.append([layer + 1, head + 1, most, *figures, round(float(bits[layer, head]), 3)])
    columns = ["layer", "head", "mostly looks at", *share, "entropy (bits)"]
    report.table("heads", columns, rows, "Where each head's attention goes")
    names = [f"layer {i + 1}" for i in range(layers)], [f"head {i + 1}" for i in range(heads)]
    for place, each in share.items():
        values = [[round(value, 4) for value in row] for row in each.tolist()]
        report.heatmap(place.replace(" ", "-"), *names, values, f"Share of attention on {place}", 0.0, 1.0)
    report.heatmap(
        "entropy", *names, [[round(v, 3) for v in row] for row in bits.tolist()], "Entropy in bits", 0.0
    )
    return count
