"""Checks of chain-of-thought: two calls, the second with what the first one thought, and its rating."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Handle, Learner

checks = Checks()


@checks.check("a review goes in and a dict with its rating comes out")
def rates(learner: Learner, random: np.random.Generator) -> None:
    for stars in random.permutation(5) + 1:
        _run(learner, random, int(stars))


@checks.check("the model is called exactly twice")
def two_calls(learner: Learner, random: np.random.Generator) -> None:
    script, told = _run(learner, random, 2)
    _count(learner, script, told)


@checks.check("the first prompt holds the review and asks for thinking")
def thinks(learner: Learner, random: np.random.Generator) -> None:
    script, told = _run(learner, random, 4)
    first = script.prompt(0)
    if not _holds(first, script.review):
        _wrong_prompt(learner, "first", "the review's text", "review-not-sent", first, told)
    if not re.search(_THINKING, first, re.IGNORECASE):
        words = "a request to think: step by step, reason, analyse, explain ..."
        _wrong_prompt(learner, "first", words, "no-thinking", first, told)


@checks.check("the second prompt holds the analysis and asks for JSON")
def extracts(learner: Learner, random: np.random.Generator) -> None:
    script, told = _run(learner, random, 1)
    _count(learner, script, told)
    second = script.prompt(1)
    if not _holds(second, script.analysis):
        _wrong_prompt(learner, "second", "the whole first answer", "analysis-dropped", second, told)
    if re.search(r"content=['\"]", second):
        words = "the text of the first answer, without content='...' around it"
        _wrong_prompt(learner, "second", words, "message-pasted", second, told)
    if not _asks_json(script.requests[1]):
        _wrong_prompt(learner, "second", "the words JSON and rating", "json-not-asked", second, told)


@checks.check("a code fence around the JSON is taken off")
def fenced(learner: Learner, random: np.random.Generator) -> None:
    _run(learner, random, 5, '```json\n{{"rating": {}}}\n```')
    _run(learner, random, 2, '```\n{{"rating": {}}}\n```')


@checks.check("one chain rates many reviews, each for itself")
def again(learner: Learner, random: np.random.Generator) -> None:
    script = _Script(_review(random), 3)
    chain = _build(learner, script)
    for _ in range(3):
        script.begin(_review(random), int(random.integers(1, 6)))
        _invoke(learner, chain, script)
        _count(learner, script, _told(script))


class _Script:
    """A scripted model: it thinks at the first call, and answers with JSON once it is shown its thoughts."""

    def __init__(self, review: str, stars: int, form: str = '{{"rating": {}}}') -> None:
        self.form = form
        self.begin(review, stars)

    def begin(self, review: str, stars: int) -> None:
        """Another review, to be rated from the beginning."""
        self.review = review
        self.stars = stars
        # Other numbers than the rating stand in the thoughts, so that nothing can be read from them alone.
        self.analysis = (
            f"The guest speaks of {review.split()[4].rstrip(';,.')}. From 1 to 5, one could give 2 for the "
            f"waiting and 4 for the kindness, {review.count('e')} points in all. Weighing both, the verdict "
            "follows from the tone of the last sentence."
        )
        self.requests: list[dict[str, Any]] = []

    def ask(self, request: dict[str, Any]) -> Any:
        self.requests.append(request)
        if request["tools"]:
            return {"tool_calls": [_call(request["tools"][0], self.stars)]}
        answer = self.form.format(self.stars)
        if len(self.requests) > 1:
            return answer if _asks_json(request) else f"It arrives at {self.stars} stars."
        # Asked for both at once, a model does both.
        both = f'{self.analysis}\n\n```json\n{{"rating": {self.stars}}}\n```'
        return both if _asks_json(request) else self.analysis

    def prompt(self, number: int) -> str:
        """The text of the messages of one request."""
        return "\n".join(message["content"] for message in self.requests[number]["messages"])


def _run(
    learner: Learner, random: np.random.Generator, stars: int, form: str = '{{"rating": {}}}'
) -> tuple[_Script, str]:
    """Fail the check where the chain does not give the rating of the second answer."""
    script = _Script(_review(random), stars, form)
    _invoke(learner, _build(learner, script), script)
    return script, _told(script)


def _build(learner: Learner, script: _Script) -> Handle:
    chain = learner.call("build_cot_chain", learner.stage("chat_model", script.ask))
    if not isinstance(chain, Handle):
        words = "a chain with the method invoke"
        learner.fail(words, mistake="not-a-dict", call="build_cot_chain(llm)", got=chain)
    return chain


def _invoke(learner: Learner, chain: Handle, script: _Script) -> None:
    wanted = f'{{"rating": {script.stars}}}, from the second answer'
    try:
        value = learner.method(chain, "invoke", {"review": script.review})
    except CodeRaised as error:
        mistake = _why_raised(error.raised.type, error.raised.message, script)
        if not mistake:
            raise
        came = f"it raised {error.raised.type}: {error.raised.message[:200]}"
        learner.fail(wanted, mistake=mistake, call=_told(script), wrong=came)
    if not script.requests:
        learner.fail("a rating that the model was asked for", call=_told(script), got=value)
    if len(script.requests) == 1:
        _count(learner, script, _told(script))
    asked = _asks_json(script.requests[-1])
    mistake = "" if isinstance(value, dict) else "not-a-dict" if asked else "json-not-asked"
    given = {"rating": value["rating"]} if isinstance(value, dict) and "rating" in value else value
    learner.compare(given, {"rating": script.stars}, words=wanted, call=_told(script), mistake=mistake)


def _why_raised(kind: str, message: str, script: _Script) -> str:
    """The mistake that made the chain raise; "" where it is another."""
    calls = len(script.requests)
    parsing = kind in ("OutputParserException", "JSONDecodeError")
    if calls == 1 and parsing:
        return "parser-after-thinking"
    if calls == 2 and parsing and not _asks_json(script.requests[1]):
        return "json-not-asked"
    return ""


def _count(learner: Learner, script: _Script, told: str) -> None:
    calls = len(script.requests)
    if calls != 2:
        mistake = "one-call" if calls == 1 else "too-many-calls" if calls > 2 else ""
        learner.fail(
            "exactly two calls of the model", mistake=mistake, call=told, wrong=f"it was called {calls} times"
        )


def _wrong_prompt(learner: Learner, which: str, words: str, mistake: str, prompt: str, told: str) -> None:
    learner.fail(
        f"a {which} prompt that holds {words}",
        mistake=mistake,
        call=told,
        wrong=f"the {which} prompt is {prompt[:400]!r}",
    )


def _call(tool: dict[str, Any], stars: int) -> dict[str, Any]:
    """The call of a tool that stands for a structure to fill in."""
    function = tool["function"]
    args = {
        name: stars
        if name == "rating" or each.get("type") in ("integer", "number")
        else "as the analysis says"
        for name, each in function.get("parameters", {}).get("properties", {}).items()
    }
    return {"name": function["name"], "args": args, "id": "call_1"}


def _asks_json(request: dict[str, Any]) -> bool:
    if request["tools"] or "response_format" in request["settings"]:
        return True
    text = "\n".join(message["content"] for message in request["messages"]).lower()
    return "rating" in text and ("json" in text or re.search(r"\{\s*[\"'`]*rating", text) is not None)


def _holds(prompt: str, text: str) -> bool:
    return " ".join(text.split()) in " ".join(prompt.split())


def _told(script: _Script) -> str:
    return f'chain.invoke({{"review": {script.review!r}}})'


def _review(random: np.random.Generator) -> str:
    meal, late, kind, fair = (str(each) for each in random.permutation(_WORDS)[:4])
    return f"We came for the {meal}; the {late} was late, the {kind} kind, the {fair} fair."


_WORDS = ("soup", "tea", "bread", "waiter", "price", "music", "bill", "garden", "service", "cook")
_THINKING = (
    r"\bstep|\bthink|\bthought|\breason|\banaly|\bexplain|\bexplanation|\bjustif|\bconsider|\bweigh|\bdiscuss"
    r"|\bpros\b|\barguments?\b|\breflect|\bfirst\b|\bwork(ing)? (it )?out\b|\bdeliberat|\bexamin"
)
