"""Checks of generate-text: the greedy continuation of a model whose every token depends on all before it."""

from __future__ import annotations

import numpy as np

from tools.exercises.checking import Checks, Learner
from tools.exercises.scripted_lm import END, START, ScriptedLM

checks = Checks()
CONTINUED = "the prompt and its greedy continuation, each token chosen after all tokens before it"


@checks.check("the text goes on with the likeliest tokens")
def greedy(learner: Learner, random: np.random.Generator) -> None:
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
    _expect(learner, lm, "the old house under the green tree", 5)


@checks.check("the loop is your own")
def own_loop(learner: Learner, random: np.random.Generator) -> None:
    lm = ScriptedLM(int(random.integers(2**31)))
    _expect(learner, lm, "the quick dog", 4)
    if len(lm.steps) < 4:
        learner.fail(
            "one call of the model for each new token",
            call='generate(model, tokenizer, "the quick dog", 4)',
            wrong=f"the model was called {len(lm.steps)} times",
        )


@checks.sign("uses-generate")
def uses_generate(tree: object, message: str) -> bool:
    return "model.generate may not be used here" in message


def _expect(learner: Learner, lm: ScriptedLM, prompt: str, tokens: int) -> None:
    model = learner.stage("make_model", len(lm.vocabulary), lm.forward, lm.generate)
    tokenizer = learner.stage("make_tokenizer", lm.vocabulary)
    text = learner.call("generate", model, tokenizer, prompt, tokens)
    right = lm.continued(prompt, tokens)
    learner.compare(
        text,
        right,
        words=f"{CONTINUED}: {right!r}",
        call=f"generate(model, tokenizer, {prompt!r}, {tokens})",
        mistake="" if text == right else mistake_of(lm, prompt, tokens, text),
    )


def mistake_of(lm: ScriptedLM, prompt: str, tokens: int, text: object) -> str:
    """The mistake that gives this text, "" where none is known."""
    wrong = {
        "prompt-missing": [lm.continued(prompt, tokens)[len(prompt) :]],
        "off-by-one": [lm.continued(prompt, tokens + 1), lm.continued(prompt, max(0, tokens - 1))],
        "wrong-position": [_walk(lm, prompt, tokens, first=True), _walk(lm, prompt, tokens, before=True)],
        "only-last-token": [
            _walk(lm, prompt, tokens, last_only=True),
            _walk(lm, prompt, tokens, last_only=True, whole=True),
        ],
        "ignores-end": [_walk(lm, prompt, tokens)],
    }
    if isinstance(text, str) and any(each in text for each in ("<s>", "</s>", "<pad>")):
        return "special-tokens"
    if tokens == 1:  # one word may be that of a wrong way by chance
        wrong = {"prompt-missing": wrong["prompt-missing"]}
    for mistake, texts in wrong.items():
        if any(text in (each, each.strip()) for each in texts):
            return mistake
    return ""


def _walk(
    lm: ScriptedLM,
    prompt: str,
    tokens: int,
    *,
    first: bool = False,
    before: bool = False,
    last_only: bool = False,
    whole: bool = False,
) -> str:
    """A wrong loop: from the first position, from the one before the last, or with the last token alone."""
    ids = lm.ids(prompt)
    for step in range(tokens):
        shown = [START] if first else ids[:-1] if before else ids
        if last_only and (step or not whole):
            shown = ids[-1:]
        following = int(lm.logits(shown).argmax())
        if following == END and (first or before or last_only):
            break
        ids.append(following)
    return lm.text(ids)
