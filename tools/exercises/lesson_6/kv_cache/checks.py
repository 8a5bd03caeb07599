"""Checks of kv-cache: the text of greedy generation, the prompt fed once and then single tokens."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.scripted_lm import END, START, ScriptedLM

checks = Checks()


@checks.check("the text is the one of greedy generation")
def same_text(learner: Learner, random: np.random.Generator) -> None:
    lm = ScriptedLM(int(random.integers(2**31)))
    for prompt in lm.prompts(random, 4):
        _expect(learner, lm, prompt, int(random.integers(3, 9)))


@checks.check("as many new tokens as asked for, none for 0")
def counted(learner: Learner, random: np.random.Generator) -> None:
    lm = ScriptedLM(int(random.integers(2**31)))
    for tokens in (0, 1, 2):
        _expect(learner, lm, "the small bird", tokens)


@checks.check("it stops where the text ends")
def stops(learner: Learner, random: np.random.Generator) -> None:
    lm = ScriptedLM(int(random.integers(2**31)), length=7)
    _expect(learner, lm, "a cat and a", 9)


@checks.check("the prompt is fed once, then one token a step")
def fed_once(learner: Learner, random: np.random.Generator) -> None:
    lm = ScriptedLM(int(random.integers(2**31)))
    prompt, tokens = "the old house on the green river", 6
    _expect(learner, lm, prompt, tokens)
    length = len(lm.ids(prompt))
    wanted = [(length, 0), *((1, length + step) for step in range(tokens - 1))]
    fed = [(step.fed, step.cached) for step in lm.steps]
    # Feeding the last token as well, though nothing follows, wastes one call and is no mistake of the cache.
    if fed not in (wanted, [*wanted, (1, length + tokens - 1)]):
        learner.fail(
            f"{length} tokens in the first call and one in each later call, with the cache",
            call=f"generate_cached(model, tokenizer, {prompt!r}, {tokens})",
            wrong="the model was fed " + ", ".join(f"{new} (cache {old})" for new, old in fed[:8]),
            mistake=_by_feeding(fed, length),
        )


@checks.sign("uses-generate")
def uses_generate(tree: object, message: str) -> bool:
    return "model.generate may not be used here" in message


def _by_feeding(fed: list[tuple[int, int]], length: int) -> str:
    if fed[:2] == [(1, 0), (1, 1)]:
        return "prompt-piecewise"
    if len(fed) > 1 and all(cached == 0 for _, cached in fed):
        return "no-cache" if fed[1][0] > 1 else "cache-not-passed"
    if len(fed) > 1 and fed[1] == (length + 1, length):
        return "whole-text-and-cache"
    return ""


def _expect(learner: Learner, lm: ScriptedLM, prompt: str, tokens: int) -> None:
    lm.steps.clear()
    model = learner.stage("make_model", len(lm.vocabulary), lm.forward, lm.generate)
    tokenizer = learner.stage("make_tokenizer", lm.vocabulary)
    text = learner.call("generate_cached", model, tokenizer, prompt, tokens)
    fed = [(step.fed, step.cached) for step in lm.steps]
    right = lm.continued(prompt, tokens)
    learner.compare(
        text,
        right,
        words=f"the prompt and its greedy continuation: {right!r}",
        call=f"generate_cached(model, tokenizer, {prompt!r}, {tokens})",
        mistake="" if text == right else _mistake(lm, prompt, tokens, text, fed),
    )


def _mistake(lm: ScriptedLM, prompt: str, tokens: int, text: object, fed: list[tuple[int, int]]) -> str:
    if text == _walk(lm, prompt, tokens):
        return "ignores-end"
    if text == _walk(lm, prompt, tokens, first=True):
        return "wrong-position"
    return _by_feeding(fed, len(lm.ids(prompt)))


def _walk(lm: ScriptedLM, prompt: str, tokens: int, *, first: bool = False) -> str:
    """A wrong loop: one that does not stop, or one that reads the first row of each call's logits."""
    ids = lm.ids(prompt)
    for step in range(tokens):
        following = int(lm.logits([START] if first and step == 0 else ids).argmax())
        if first and following == END:
            break
        ids.append(following)
    return lm.text(ids)
