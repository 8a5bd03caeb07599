"""How a language model picks the next token: greedy, temperature, top-k, top-p, on your own prompt.

A causal language model gives every token of its vocabulary a score (a logit) for coming next. What
is done with these scores is decoding: take the best (greedy), or draw one by chance, after dividing
the scores by a temperature, keeping only the k best (top-k; Fan et al., 2018), or keeping only the
smallest set that holds probability p (top-p, or nucleus sampling; Holtzman et al., 2020). Every
continuation here comes from the same model; only the decoding differs.
"""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.engine.lab import Cost, LabConfig, setting

if TYPE_CHECKING:
    import torch

    from tools.engine.report import Report


class Config(LabConfig):
    """The settings of one run."""

    prompt: str = setting(
        "The best thing about the film was",
        "The text to be continued, unless --data names a text file that holds it.",
        min_length=1,
        max_length=8000,
    )
    model: str = setting(
        "smollm2",
        "The language model: smollm2 (carried), a name on the Hugging Face hub, or a folder.",
        min_length=1,
        max_length=300,
    )
    temperature: float = setting(
        0.8, "Divides the logits: below 1 sharpens the probabilities, above 1 flattens them.", ge=0.01, le=5
    )
    top_k: int = setting(
        40, "Only this many of the likeliest tokens stay; 0 keeps all.", unit="tokens", ge=0, le=1000
    )
    top_p: float = setting(
        0.9, "Only the fewest tokens that hold this much probability stay; 1 keeps all.", ge=0.001, le=1
    )
    new_tokens: int = setting(40, "How long each continuation is.", unit="tokens", ge=1, le=500)
    draws: int = setting(
        3, "How many continuations each way of sampling gets, each from a seed of its own.", ge=1, le=10
    )
    candidates: int = setting(
        12, "How many of the likeliest next tokens are shown.", unit="tokens", ge=2, le=50
    )


def cost(config: Config) -> Cost:
    """Measured on two cores with SmolLM2-135M in single precision: loading, the prompt, then the steps."""
    rows = 1 + (len(ways(config)) - 1) * config.draws
    prompt_tokens = len(config.prompt) / 4
    step = 0.05 + 0.0025 * rows + 2e-6 * rows * (prompt_tokens + config.new_tokens)
    cache_mb = rows * (prompt_tokens + config.new_tokens) * 0.045  # 30 layers, 3 heads of 64, keys and values
    assets = ("small-lm",) if config.model == "smollm2" else ()
    return Cost(5 + prompt_tokens / 800 + config.new_tokens * step, 1100 + 2 * cache_mb, assets)


def run(config: Config, report: Report) -> dict[str, float | int | str]:
    """Show the next token's probabilities, then continue the prompt in several ways at once."""
    import torch

    from tools.assets.small_lm import load_small_lm

    model, tokenizer, source = load_small_lm(
        config.model,
        report.home,
        report.device,
        on_progress=lambda done, total: report.progress(done, total, "byte"),
    )
    report.using_model(
        source.name,
        source.source,
        parameters=source.parameters,
        stand_in_for=source.stand_in_for,
        note=source.note,
    )
    prompt = encode(config, report, model, tokenizer)  # [1, prompt tokens]

    with torch.inference_mode():
        # The prompt goes through the model once. Its keys and values are kept, so that every later step
        # feeds in one token only.
        out = model(input_ids=prompt, use_cache=True)
        logits = out.logits[0, -1].float().cpu()  # [vocabulary]
        figures = show_next_token(config, report, tokenizer, logits)
        started = time.monotonic()
        written = continue_prompt(config, report, model, out.past_key_values, logits)
        seconds = time.monotonic() - started

    figures |= show_continuations(config, report, tokenizer, written)
    figures["tokens"] = sum(len(each.tokens) for each in written)
    figures["tokens_per_second"] = round(int(figures["tokens"]) / seconds, 1)
    return figures


# -- decoding


@dataclass(frozen=True)
class Way:
    """One way of decoding; temperature 0 is greedy, top_k 0 and top_p 1 leave out nothing."""

    name: str
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


def ways(config: Config) -> list[Way]:
    """The ways that are compared: greedy first, then more and more restrained sampling."""
    T, k, p = config.temperature, config.top_k, config.top_p
    every = [
        Way("greedy", temperature=0),
        Way("the model's own probabilities"),
        Way(f"temperature {T:g}", T),
        Way(f"temperature {T:g}, top-k {k}", T, top_k=k),
        Way(f"temperature {T:g}, top-p {p:g}", T, top_p=p),
        Way(f"temperature {T:g}, top-k {k}, top-p {p:g}", T, k, p),
    ]
    different: dict[tuple[float, int, float], Way] = {}
    for way in every:  # with top_k 0 or top_p 1 some of them are the same
        different.setdefault((way.temperature, way.top_k, way.top_p), way)
    return list(different.values())


def probabilities(logits: torch.Tensor, way: Way) -> torch.Tensor:
    """The probability of each next token under a way of decoding; [vocabulary] -> [vocabulary], sums to 1."""
    import torch

    if way.temperature == 0:  # the limit of softmax as the temperature goes to 0
        return torch.nn.functional.one_hot(logits.argmax(), len(logits)).float()
    p = torch.softmax(logits / way.temperature, dim=-1)
    if way.top_k and way.top_k < len(p):
        best = p.topk(way.top_k)
        p = torch.zeros_like(p).scatter(0, best.indices, best.values / best.values.sum())
    if way.top_p < 1:
        ranked = p.sort(descending=True)
        before = ranked.values.cumsum(0) - ranked.values  # the probability of all likelier tokens
        p[ranked.indices[before >= way.top_p]] = 0  # the likeliest always stays: nothing is before it
        p /= p.sum()
    return p


def entropy(p: torch.Tensor) -> float:
    """How uncertain the next token is, in bits: 0 for one certain token, n for 2^n equally likely ones."""
    kept = p[p > 0]
    return max(0.0, float(-(kept * kept.log2()).sum()))


@dataclass
class Continuation:
    """A continuation as it grows; `logprob` sums the natural logs of the model's own probabilities."""

    way: Way
    seed: int
    chance: torch.Generator
    tokens: list[int]
    logprob: float = 0.0
    ended: bool = False


def continue_prompt(
    config: Config, report: Report, model: Any, cache: Any, first: torch.Tensor
) -> list[Continuation]:
    """Write all continuations side by side, one token of each a step.

    `cache` holds the keys and values of the prompt, `first` [vocabulary] the logits of the token
    after it. Each row draws from a random generator of its own, and the n-th row of every way has
    the same seed, so that what differs comes from the way.
    """
    import torch

    rows = [
        Continuation(way, config.seed + draw, torch.Generator().manual_seed(config.seed + draw), [])
        for way in ways(config)
        for draw in range(config.draws if way.temperature else 1)  # greedy always writes the same
    ]
    cache.batch_repeat_interleave(len(rows))  # from one row to all of them
    ends = end_tokens(model)
    logits = first.expand(len(rows), -1)  # [rows, vocabulary]
    for step in range(config.new_tokens):
        if not rows[0].ended:  # the curves follow the greedy one
            own = torch.softmax(logits[0], dim=-1)
            report.metric(step + 1, entropy=entropy(own), top_probability=float(own.max()))
        # A row that has ended is fed with its last token on and on; nobody reads what comes out of it.
        picked = [pick(row, logits[place], ends) for place, row in enumerate(rows)]
        report.progress(step + 1, config.new_tokens, "token")
        if step + 1 == config.new_tokens or all(row.ended for row in rows):
            break
        next_ids = torch.tensor(picked, device=report.device).unsqueeze(1)  # [rows, 1]
        out = model(input_ids=next_ids, past_key_values=cache, use_cache=True)
        logits = out.logits[:, -1].float().cpu()
    return rows


def pick(row: Continuation, logits: torch.Tensor, ends: set[int]) -> int:
    """Choose a row's next token from logits [vocabulary] and append it, unless the row has ended."""
    import torch

    if row.ended:
        return row.tokens[-1]
    p = probabilities(logits, row.way)
    token = int(torch.multinomial(p, 1, generator=row.chance)) if row.way.temperature else int(p.argmax())
    row.tokens.append(token)
    row.logprob += float(torch.log_softmax(logits, dim=-1)[token])
    row.ended = token in ends
    return token


# -- what is shown


def show_next_token(
    config: Config, report: Report, tokenizer: Any, logits: torch.Tensor
) -> dict[str, float | int | str]:
    """The likeliest next tokens, how each way changes their probabilities, and how much it keeps."""
    own = probabilities(logits, Way("own"))
    best = own.topk(min(config.candidates, len(own))).indices.tolist()
    words = [visible(tokenizer, token) for token in best]
    report.bars("next-token", words, own[best].tolist(), title="Probability of the next token")

    compared = [(way, probabilities(logits, way)) for way in ways(config)]
    rows: list[list[str | int | float]] = [
        [word, *(round(float(p[token]), 4) for _, p in compared)]
        for word, token in zip(words, best, strict=True)
    ]
    columns = ["next token", *(way.name for way, _ in compared)]
    report.table("candidates", columns, rows, title="Each candidate's probability under each setting")

    kept: list[list[str | int | float]] = []
    for way, p in compared:
        before = probabilities(logits, Way("tempered", way.temperature))
        share = float(before[p > 0].sum())  # of the probability that was there before anything was cut off
        kept.append([way.name, int((p > 0).sum()), round(share, 4), round(entropy(p), 2)])
    report.table(
        "kept",
        ["setting", "tokens left", "probability kept", "entropy (bits)"],
        kept,
        title="What each setting leaves",
    )
    report.table(
        "temperatures", *temperature_sweep(logits, words, best), title="The same logits, hotter and hotter"
    )
    return {
        "entropy_bits": round(entropy(own), 3),
        "top_token": words[0],
        "top_probability": round(float(own.max()), 4),
        "tokens_left": int(kept[-1][1]),
        "probability_kept": float(kept[-1][2]),
    }


def temperature_sweep(
    logits: torch.Tensor, words: list[str], best: list[int]
) -> tuple[list[str], list[list[str | int | float]]]:
    """The five likeliest tokens and the entropy at several temperatures: columns and rows of a table."""
    rows: list[list[str | int | float]] = []
    for T in (0.25, 0.5, 0.8, 1.0, 1.5, 2.0):
        p = probabilities(logits, Way("", T))
        rows.append([f"{T:g}", *(round(float(p[token]), 4) for token in best[:5]), round(entropy(p), 2)])
    return ["temperature", *words[:5], "entropy (bits)"], rows


def show_continuations(
    config: Config, report: Report, tokenizer: Any, written: list[Continuation]
) -> dict[str, float | int | str]:
    """The continuations side by side, with how likely the model itself finds each and how varied it is."""
    rows: list[list[str | int | float]] = []
    texts = []
    for each in written:
        text = tokenizer.decode(each.tokens, skip_special_tokens=True)
        seed = "-" if not each.way.temperature else str(each.seed)
        surprise = math.exp(-each.logprob / len(each.tokens))  # the continuation's perplexity
        rows.append([each.way.name, seed, text.strip(), round(surprise, 1), round(distinct(each.tokens), 2)])
        heading = each.way.name if seed == "-" else f"{each.way.name}, seed {seed}"
        texts.append(f"[{heading}]\n{prompt_of(config, report)}{text}")
    report.table(
        "continuations",
        ["setting", "seed", "continuation", "perplexity", "distinct tokens"],
        rows,
        title="Continuations of your prompt",
    )
    report.text("continuations-in-full", "\n\n".join(texts), title="Continuations in full")
    sampled = rows[1:]
    return {
        "perplexity_greedy": float(rows[0][3]),
        "perplexity_sampled": round(sum(float(row[3]) for row in sampled) / len(sampled), 1),
        "distinct_greedy": float(rows[0][4]),
        "distinct_sampled": round(sum(float(row[4]) for row in sampled) / len(sampled), 2),
    }


def distinct(tokens: list[int]) -> float:
    """Distinct tokens as a share of all: text that goes in circles scores low (Li et al., 2016)."""
    return len(set(tokens)) / len(tokens)


def visible(tokenizer: Any, token: int) -> str:
    """A token as a person can see it: its spaces and line breaks shown, a part of a character by its name."""
    text: str = tokenizer.decode([token])
    if "\ufffd" in text or not text:
        return str(tokenizer.convert_ids_to_tokens(token))
    shown = text.replace(" ", "␣").replace("\n", "↵").replace("\t", "⇥")
    return shown if shown.isprintable() else ascii(text)


# -- the prompt and the model


def encode(config: Config, report: Report, model: Any, tokenizer: Any) -> torch.Tensor:
    """The prompt's tokens, [1, prompt tokens], on the run's device; raises BadSettings if too long."""
    from tools.errors import BadSettings

    text = prompt_of(config, report)
    ids = tokenizer(text, return_tensors="pt", add_special_tokens=True)["input_ids"]
    window = getattr(model.config, "max_position_embeddings", None) or 2**31
    if ids.shape[1] == 0 or ids.shape[1] + config.new_tokens > window:
        raise BadSettings(
            f"The prompt has {ids.shape[1]} tokens; with {config.new_tokens} new ones it has to fit the "
            f"model's context window of {window}.",
            help="Set prompt to a text of fitting length, or new_tokens lower.",
        )
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    source = f"your file {report.data_path}" if report.data_path else "the setting prompt"
    report.using_data("your prompt", source, rows=1, hash=digest, tokens=int(ids.shape[1]))
    return ids.to(report.device)  # type: ignore[no-any-return]


def prompt_of(config: Config, report: Report) -> str:
    """The text to continue: the person's own text file, else the setting; raises BadData."""
    from tools.errors import BadData

    if report.data_path is None:
        return config.prompt
    try:
        text = report.data_path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(
            f"{report.data_path.name} cannot be read as a text file in UTF-8.",
            help="Give a text file that holds the prompt, or use the setting prompt.",
        ) from error
    if not text:
        raise BadData(f"{report.data_path.name} is empty.", help="Write the text to be continued into it.")
    return text


def end_tokens(model: Any) -> set[int]:
    """The tokens by which the model ends a text."""
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, list) else {ends} if ends is not None else set()
