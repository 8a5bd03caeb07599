"""Checks of json-chain: what the model is asked, and that its answer comes out as a dict, fenced or not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Handle, Learner, Raised

checks = Checks()


@checks.check("a review goes in and a dict with its rating comes out")
def rates(learner: Learner, random: np.random.Generator) -> None:
    for stars in random.permutation(5) + 1:
        _expect(learner, _review(random), int(stars), '{{"rating": {}}}')


@checks.check("the model reads the review")
def sent(learner: Learner, random: np.random.Generator) -> None:
    review = _review(random)
    requests = _expect(learner, review, 3, '{{"rating": {}}}')
    if not any(_holds(request, review) for request in requests):
        _not_sent(learner, review, requests)


@checks.check("the prompt asks for JSON with the key rating")
def asks_for_json(learner: Learner, random: np.random.Generator) -> None:
    requests = _expect(learner, _review(random), 4, '{{"rating": {}}}')
    if not any(_asks_json(request) for request in requests):
        learner.fail(
            "a prompt with the words JSON and rating", mistake="json-not-asked", got=_prompt(requests[0])
        )


@checks.check("a code fence around the JSON is taken off")
def fenced(learner: Learner, random: np.random.Generator) -> None:
    for form in (
        '```json\n{{"rating": {}}}\n```',
        '```\n{{"rating": {}}}\n```',
        '\n```json\n{{\n  "rating": {}\n}}\n```\n',
    ):
        _expect(learner, _review(random), int(random.integers(1, 6)), form)


@checks.check("a review with braces and quotation marks does no harm")
def odd_reviews(learner: Learner, random: np.random.Generator) -> None:
    review = 'The menu said {price}, the bill {{more}}; "never again", 100 % sure.'
    requests = _expect(learner, review, 1, '{{"rating": {}}}')
    if not any(_holds(request, word) for request in requests for word in ("price", "more")):
        _not_sent(learner, review, requests)


@checks.check("one chain rates many reviews, each for itself")
def again(learner: Learner, random: np.random.Generator) -> None:
    stars = {_review(random): int(random.integers(1, 6)) for _ in range(4)}
    model, requests = _model(
        lambda request: next((n for text, n in stars.items() if _holds(request, text)), 0)
    )
    chain = _build(learner, model)
    for review, rating in stars.items():
        _compare(learner, chain, review, rating, requests)


def _expect(learner: Learner, review: str, stars: int, form: str) -> list[dict[str, Any]]:
    """Fail the check where the chain does not give the model's rating; the requests that reached it."""
    model, requests = _model(lambda _: stars, form)
    _compare(learner, _build(learner, model), review, stars, requests, form)
    return requests


def _build(learner: Learner, model: Callable[[dict[str, Any]], Any]) -> Handle:
    chain = learner.call("build_chain", learner.stage("chat_model", model))
    if not isinstance(chain, Handle):
        learner.fail(
            "a chain with the method invoke", mistake="not-a-chain", call="build_chain(llm)", got=chain
        )
    return chain


def _compare(
    learner: Learner,
    chain: Handle,
    review: str,
    stars: int,
    requests: list[dict[str, Any]],
    form: str = '{{"rating": {}}}',
) -> None:
    told = f'chain.invoke({{"review": {review!r}}}), where the model answers {form.format(stars)!r}'
    try:
        value = learner.method(chain, "invoke", {"review": review})
    except CodeRaised as error:
        mistake = _why_raised(error.raised, review, requests, form)
        if not mistake:
            raise
        came = f"it raised {error.raised.type}: {error.raised.message[:200]}"
        learner.fail(f'{{"rating": {stars}}}, as a dict', mistake=mistake, call=told, wrong=came)
    if not requests:
        learner.fail("a rating that the model was asked for", call=told, got=value)
    if isinstance(value, dict) and value.get("rating") == 0:
        _not_sent(learner, review, requests)
    asked = any(_asks_json(request) for request in requests)
    mistake = "" if asked else "json-not-asked"
    if isinstance(value, Handle):
        mistake = "no-parser" if value.type.endswith(("Message", "MessageChunk")) else "not-a-dict"
    elif isinstance(value, str) and asked:
        mistake = "text-only"
    elif isinstance(value, (int, float)):
        mistake = "not-a-dict"
    learner.compare(
        value, {"rating": stars}, words=f'{{"rating": {stars}}}, as a dict', call=told, mistake=mistake
    )


def _why_raised(raised: Raised, review: str, requests: list[dict[str, Any]], form: str) -> str:
    """The mistake that made the chain raise; "" where it is another."""
    if not requests:
        missing = re.search(r"missing variables \{(.*?)\}", raised.message)
        if missing is None:
            return ""
        names = re.findall(r"\w+", missing.group(1))
        if "rating" in names:
            return "braces"
        return "" if any(name in review for name in names) else "review-not-sent"
    if not any(_asks_json(request) for request in requests):
        return "json-not-asked"
    return "code-fence" if "```" in form and raised.type == "JSONDecodeError" else ""


def _not_sent(learner: Learner, review: str, requests: list[dict[str, Any]]) -> None:
    learner.fail(
        "a prompt that holds the review's text",
        mistake="review-not-sent",
        call=f'chain.invoke({{"review": {review!r}}})',
        wrong=f"the model was sent {_prompt(requests[0])[:300]!r}",
    )


def _model(
    rating: Callable[[dict[str, Any]], int], form: str = '{{"rating": {}}}'
) -> tuple[Callable[[dict[str, Any]], Any], list[dict[str, Any]]]:
    """A scripted model, and the requests that reach it: JSON where it was asked for, words otherwise."""
    requests: list[dict[str, Any]] = []

    def ask(request: dict[str, Any]) -> Any:
        requests.append(request)
        stars = rating(request)
        if request["tools"]:
            return {"tool_calls": [_call(request["tools"][0], stars)]}
        if "response_format" in request["settings"]:
            return json.dumps({"rating": stars})
        return form.format(stars) if _asks_json(request) else f"I would say that this is worth {stars} stars."

    return ask, requests


def _call(tool: dict[str, Any], stars: int) -> dict[str, Any]:
    """The call of a tool that stands for a structure to fill in."""
    function = tool["function"]
    args = {
        name: stars if name == "rating" or each.get("type") in ("integer", "number") else "as the review says"
        for name, each in function.get("parameters", {}).get("properties", {}).items()
    }
    return {"name": function["name"], "args": args, "id": "call_1"}


def _asks_json(request: dict[str, Any]) -> bool:
    if request["tools"] or "response_format" in request["settings"]:
        return True
    text = _prompt(request).lower()
    return "rating" in text and ("json" in text or re.search(r"\{\s*[\"'`]*rating", text) is not None)


def _prompt(request: dict[str, Any]) -> str:
    return "\n".join(message["content"] for message in request["messages"])


def _holds(request: dict[str, Any], text: str) -> bool:
    return " ".join(text.split()) in " ".join(_prompt(request).split())


def _review(random: np.random.Generator) -> str:
    meal, late, kind, fair = (str(each) for each in random.permutation(_WORDS)[:4])
    return f"We came for the {meal}; the {late} was late, the {kind} kind, the {fair} fair."


_WORDS = ("soup", "tea", "bread", "waiter", "price", "music", "bill", "garden", "service", "cook")
