"""Checks of search-agent: what the scripted model asks for is searched, and its answer comes last."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.exercises.checking import Checks, CodeRaised, Handle, Learner

checks = Checks()


@checks.check("the model's query is searched for, and its answer is the last message")
def searches(learner: Learner, random: np.random.Generator) -> None:
    for _ in range(2):
        world = _World(random, searches=1)
        _ask(learner, _build(learner, world), world)


@checks.check("the answer comes from what was found")
def from_results(learner: Learner, random: np.random.Generator) -> None:
    world = _World(random, searches=1)
    _ask(learner, _build(learner, world), world)
    if not any(_shows(request, world.fact) for request in world.requests):
        last = world.requests[-1]["messages"]
        learner.fail(
            "a message of the role tool that holds what search returned",
            mistake="result-lost",
            call=world.told,
            wrong=f"the model was sent {[(each['role'], each['content'][:80]) for each in last]}",
        )


@checks.check("the model may search more than once")
def twice(learner: Learner, random: np.random.Generator) -> None:
    for count in (2, 3):
        world = _World(random, searches=count)
        _ask(learner, _build(learner, world), world)


@checks.check("nothing is searched where the model answers at once")
def at_once(learner: Learner, random: np.random.Generator) -> None:
    world = _World(random, searches=0)
    _ask(learner, _build(learner, world), world)


@checks.check("messages may be pairs of role and text")
def pairs(learner: Learner, random: np.random.Generator) -> None:
    world = _World(random, searches=1)
    _ask(learner, _build(learner, world), world, [("user", world.question)])


@checks.check("one agent answers many questions, each for itself")
def again(learner: Learner, random: np.random.Generator) -> None:
    world = _World(random, searches=1)
    agent = _build(learner, world)
    for searches in (1, 0, 2):
        world.begin(random, searches)
        _ask(learner, agent, world)


class _World:
    """The scripted model and the scripted search, and all that was asked of them."""

    def __init__(self, random: np.random.Generator, searches: int) -> None:
        self.begin(random, searches)

    def begin(self, random: np.random.Generator, searches: int) -> None:
        """Another question, after which the model asks for so many searches."""
        place = str(random.choice(_PLACES))
        self.question = f"How high is {place}?"
        self.fact = f"{int(random.integers(1000, 9000))} metres"
        self.queries = [f"{word} {place} {int(random.integers(100, 999))}" for word in _QUERIES[:searches]]
        self.requests: list[dict[str, Any]] = []
        self.searched: list[str] = []
        self.told = f'agent.invoke({{"messages": [... {self.question!r}]}})'

    def search(self, query: str) -> str:
        """What is found: a pointer to the next query, and at the last one the fact."""
        self.searched.append(str(query))
        if self.queries and query == self.queries[-1]:
            return f"Surveyed in 2019: {self.fact}."
        return "Nothing certain; look for another page."

    def answer(self, request: dict[str, Any]) -> Any:
        """What the model does: search as often as the script says, then answer from what it was shown."""
        self.requests.append(request)
        messages = request["messages"]
        done = sum(each["role"] == "tool" for each in messages)
        if len(self.requests) > MOST_CALLS:
            return "I give up."
        if done < len(self.queries) and request["tools"]:
            return {"content": "", "tool_calls": [_call(request["tools"][0], self.queries[done], done)]}
        if not self.queries:
            return f"From memory: {self.fact}."
        seen = any(self.fact in each["content"] for each in messages)
        return f"It is {self.fact} high." if seen else "I do not know that."


def _build(learner: Learner, world: _World) -> Handle:
    search = learner.stage("search_function", world.search)
    agent = learner.call("build_agent", learner.stage("chat_model", world.answer), search)
    if not isinstance(agent, Handle):
        words = "an agent with the method invoke"
        learner.fail(words, mistake="no-invoke", call="build_agent(llm, search)", got=agent)
    if world.requests or world.searched:
        words = "no question before the agent is invoked"
        learner.fail(
            words, mistake="searches-unasked" if world.searched else "", call="build_agent(llm, search)"
        )
    return agent


def _ask(learner: Learner, agent: Handle, world: _World, messages: list[Any] | None = None) -> None:
    """Fail the check where the agent does not go the way that the script asks for."""
    given = {"messages": messages or [{"role": "user", "content": world.question}]}
    try:
        result = learner.method(agent, "invoke", given)
    except CodeRaised as error:
        if "GraphRecursionError" in error.raised.bases:
            learner.fail(
                "an end after the model's answer", call=world.told, wrong="the agent went on without end"
            )
        raise
    _compare_searches(learner, world)
    wanted = "a dict whose messages end with the model's answer"
    if not isinstance(result, dict) or not isinstance(result.get("messages"), (list, tuple)):
        mistake = "answer-only" if isinstance(result, str) or _is_message(result) else ""
        learner.fail(wanted, mistake=mistake, call=world.told, got=result)
    text = _text_of(learner, result["messages"][-1]) if result["messages"] else ""
    if world.fact not in text:
        lost = world.queries and not any(_shows(request, world.fact) for request in world.requests)
        learner.fail(
            f"the model's answer, which holds {world.fact!r}, in the last message",
            mistake="result-lost" if lost and text else "" if text else "stops-after-searching",
            call=world.told,
            wrong=f"the last message is {text!r}",
        )


def _compare_searches(learner: Learner, world: _World) -> None:
    """Fail the check where something else was searched for than the model asked."""
    if not world.requests:
        learner.fail("the model asked", call=world.told, wrong="the model was never called")
    if world.searched == world.queries:
        if not world.queries or len(world.requests) > len(world.queries):
            return
        words = "the model asked once more with what was found"
        learner.fail(words, mistake="stops-after-searching", call=world.told)
    mistake = ""
    if not any(request["tools"] for request in world.requests):
        mistake = "searches-unasked" if world.searched else "no-tool"
    elif len(world.searched) > len(world.queries):
        mistake = "searches-unasked"
    elif len(world.searched) == len(world.queries):
        mistake = "other-query"
    elif len(world.requests) == 1:
        mistake = "stops-after-searching"
    elif world.searched and world.searched == world.queries[:1]:
        mistake = "one-search-only"
    learner.fail(
        f"search called for {world.queries}" if world.queries else "no search",
        mistake=mistake,
        call=world.told,
        wrong=f"search was called for {world.searched}",
    )


def _call(tool: dict[str, Any], query: str, number: int) -> dict[str, Any]:
    """The model's call of the tool, under the name that the query has there."""
    properties = tool["function"].get("parameters", {}).get("properties", {})
    texts = [name for name, each in properties.items() if each.get("type", "string") == "string"]
    name = next((each for each in texts if "query" in each), texts[0] if texts else "query")
    return {"name": tool["function"]["name"], "args": {name: query}, "id": f"call_{number}"}


def _shows(request: dict[str, Any], fact: str) -> bool:
    """Whether the request holds the fact as the result of a tool."""
    return any(each["role"] == "tool" and fact in each["content"] for each in request["messages"])


def _text_of(learner: Learner, message: Any) -> str:
    if isinstance(message, dict):
        return str(message.get("content", ""))
    if isinstance(message, (list, tuple)) and len(message) == 2:
        return str(message[1])
    content = learner.get(message, "content") if isinstance(message, Handle) else message
    if isinstance(content, list):
        return " ".join(
            str(each.get("text", "")) if isinstance(each, dict) else str(each) for each in content
        )
    return str(content)


def _is_message(value: Any) -> bool:
    return isinstance(value, Handle) and value.type.endswith("Message")


MOST_CALLS = 12
"""After so many calls the model gives up, so that a loop without end comes to one."""
_PLACES = ("Mount Kea", "the Hohe Warte", "Pico Alto", "the Black Rock", "Cima Lunga", "Mount Veil")
_QUERIES = ("height of", "official survey of", "new measurement of")
