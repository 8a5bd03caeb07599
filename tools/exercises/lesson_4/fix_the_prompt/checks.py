"""Checks of fix-the-prompt: a scripted model that trusts its memory until told, and the person's own."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tools.exercises.checking import Checks, Learner

checks = Checks()


class Text(NamedTuple):
    """A text that redefines a word; `means` is "" where it defines nothing."""

    word: str
    memory: str
    means: str = ""
    by_the_text: str = ""

    @property
    def prompt(self) -> str:
        """The text with its question, as the model reads it after the instructions."""
        definition = f"In this text, {self.word} means {self.means}. " if self.means else ""
        return f"{definition}What company created the {self.word}?"


@checks.check("instructions() gives a text")
def gives_text(learner: Learner, random: np.random.Generator) -> None:
    _instructions(learner)


@checks.check("a model that trusts its memory takes iPhone for Microsoft Windows")
def iphone(learner: Learner, random: np.random.Generator) -> None:
    _answers(learner, _instructions(learner), IPHONE)


@checks.check("other redefined words are taken as the text says")
def other_words(learner: Learner, random: np.random.Generator) -> None:
    given = _instructions(learner)
    for place in random.permutation(len(_THINGS))[:4]:
        word, memory = _THINGS[place]
        means, maker = _THINGS[(place + int(random.integers(1, len(_THINGS)))) % len(_THINGS)]
        _answers(learner, given, Text(word, memory, means, maker))


@checks.check("invented words are understood, and undefined ones as usual")
def invented(learner: Learner, random: np.random.Generator) -> None:
    given = _instructions(learner)
    means, maker = _THINGS[int(random.integers(len(_THINGS)))]
    made_up = "".join(random.choice(list("aeghiudl"), size=10))
    _answers(learner, given, Text(made_up, "", means, maker))
    _answers(learner, given, Text(means, maker))


@checks.check("your own model, where one is set up on a server, follows the text")
def real_model(learner: Learner, random: np.random.Generator) -> None:
    given = _instructions(learner)
    model = learner.lab.server.get("TUTOR_MODEL", "")
    if not model.startswith("openai:"):
        return
    said = []
    for text in (IPHONE, Text("Walkman", "Sony", "Ford Mustang", "Ford")):
        learner.lab.progress(f"asking {model.removeprefix('openai:')}")
        answer = _ask_server(learner.lab.server, f"{given}\n\n{text.prompt}", learner.lab.cancelled)
        if answer is None:
            learner.lab.progress("the server did not answer; this check is passed over")
            return
        if follows(answer, text):
            return
        said.append(f"{text.prompt} -> {answer[:300]}")
    learner.fail(
        "a company by the text, for one of two texts",
        call="instructions() before the text, sent to the model that you set up",
        wrong="; ".join(said),
    )


def _instructions(learner: Learner) -> str:
    given = learner.call("instructions")
    if not isinstance(given, str):
        learner.fail("one text", mistake="not-returned", call="instructions()", got=given)
    if not given.strip():
        learner.fail("instructions for the model", mistake="empty", call="instructions()", got=given)
    return given


def _answers(learner: Learner, given: str, text: Text) -> None:
    """Fail the check where the scripted model does not answer by the text."""
    answer, why, mistake = scripted_answer(given, text)
    wanted = text.by_the_text or text.memory
    if answer != wanted:
        learner.fail(
            f"{wanted}" + (", as the text says" if text.means else ", as nothing is redefined here"),
            mistake=mistake,
            call=f"instructions() before: {text.prompt}",
            wrong=f'the model answers "{answer}": {why}',
        )


# -- the scripted model


def scripted_answer(given: str, text: Text) -> tuple[str, str, str]:
    """The model's answer, why it gives it, and the mistake of the instructions where they are to blame."""
    if re.search(r"\bmicrosoft\b|\bwindows\b", given, re.IGNORECASE):
        return "Microsoft", "it says what the instructions name", "answer-given"
    if not text.memory:
        return text.by_the_text, "it knows no such word and takes the text's", ""
    if not text.means:
        return text.memory, "the text defines nothing", ""
    why, mistake = objection(given)
    return (text.memory, why, mistake) if mistake else (text.by_the_text, "it follows the text", "")


def objection(given: str) -> tuple[str, str]:
    """Why the model keeps to its memory, and the mistake's id; two empty texts where it follows the text."""
    words = given.lower()
    weighed, spoken_of = [], list[str]()
    for clause in re.split(r"[.!?;:\n]+", words):
        weighed.append(weigh(clause, spoken_of))
        spoken_of = _nouns(clause) or spoken_of
    text_up, text_down, memory_up, memory_down = (
        any(each.get(key) for each in weighed) for key in ("text+", "text-", "memory+", "memory-")
    )
    text_up = text_up or _unnegated(_TEXT_RULES, words) or (not text_down and _unnegated(_ALLOWED, words))
    memory_up = memory_up or _unnegated(_TRUTHFUL, words)
    meanings = re.search(_MEANINGS, words) is not None
    shown = re.search(r"\bmeans\b[^?]*\?\W*\w", words) is not None
    renamed = meanings and (_unnegated(_GAMES, words) or _unnegated(_REPLACING, words))
    turned = (memory_up or text_down) and not (text_up or renamed or shown)
    excepted = text_up and re.search(r"\b(?:but|except|exceptions?|however|unless)\b", words)
    if turned or (_unnegated(_REFUSING, words) and not excepted):
        return "the instructions tell it to trust itself", "memory-first"
    if not (text_up or memory_down or renamed or shown):
        return "nothing tells it to trust the text more than what it knows", "no-priority"
    if not (text_up or meanings or re.search(_PLACE, words)):
        return "nothing tells it where the meaning of the word stands", "no-source"
    return "", ""


def weigh(clause: str, spoken_of: Sequence[str] = ()) -> dict[str, bool]:
    """What a clause puts up and down: "text+", "text-", "memory+", "memory-".

    A noun takes the sign of the verb or preposition before it ("use the text instead of what you know"),
    or of the verb after it where none is before ("the text overrides what you know"). `spoken_of` is what
    an "it" or "them" without a noun before it stands for.
    """
    words = re.findall(r"[a-z]+(?:['’][a-z]+)?|,", clause)
    found: dict[str, bool] = {}
    waiting: list[str] = []
    sign = 0
    for place, word in enumerate(words):
        part = " ".join(words[max(0, place - 4) : place]).rpartition(",")[2]
        before, after = part.split(), words[place + 1 : place + 2]
        last = before[-1] if before else ""
        negated = any(_negates(each) for each in before)
        up = bool(re.fullmatch(_UP, word)) and not (sign < 0 and last in ("of", "than", "without", "by"))
        if f"{last} {word}" in _LIKE:
            sign = 1
        elif word in _ENDS:
            sign = 0
        elif re.fullmatch(_BEATS, word) or f"{last} {word}" in _FIRST:  # what stands before it is put up
            _put(found, waiting, -1 if negated else 1)
            sign, waiting = (1 if negated else -1), []
        elif word == "correct" and (last == "as" or last in _BE):
            _put(found, waiting, -1 if negated else 1)
        elif up or re.fullmatch(_DOWN, word) or f"{last} {word}" in _ANSWER_FROM:
            down = re.fullmatch(_DOWN, word) is not None
            sign = 1 if down == negated else -1
            passive = word.endswith(("ed", "en")) and any(each in _BE for each in before[-2:])
            if passive or after[:1] in (["it"], ["them"], ["these"], ["those"], ["this"]):
                _put(found, waiting or ([] if passive else spoken_of), sign)
                waiting = []
        elif re.fullmatch(_RIGHT, word) and any(each in _BE for each in before):
            _put(found, waiting, -1 if negated else 1)
        elif word in _NOT:
            sign = -1
        elif kind := _kind(words, place):
            if sign:
                _put(found, [kind], sign)
            else:
                waiting.append(kind)
    return found


def _put(found: dict[str, bool], kinds: Sequence[str], sign: int) -> None:
    for each in kinds:
        found[each + ("+" if sign > 0 else "-")] = True


def _negates(word: str) -> bool:
    return word in _NOT or word.endswith(("n't", "n’t"))


def _kind(words: list[str], place: int) -> str:
    """Whether a word stands for the text, for the model's memory, or for neither."""
    word, before, after = words[place], words[max(0, place - 2) : place], words[place + 1 : place + 5]
    of_text = after[:1] and after[0] in _FROM and any(re.fullmatch(_TEXT, each) for each in after[1:])
    if re.fullmatch(_MEMORY, word):
        return "text" if of_text and word not in ("know", "outside") else "memory"
    if re.fullmatch(_TEXT, word):
        return "memory" if any(re.fullmatch(_USUAL, each) for each in before) else "text"
    return ""


def _nouns(clause: str) -> list[str]:
    """What a clause speaks of: "text", "memory", or both."""
    words = re.findall(r"[a-z]+(?:['’][a-z]+)?|,", clause)
    return [kind for place in range(len(words)) if (kind := _kind(words, place))]


def _unnegated(pattern: str, words: str) -> bool:
    """Whether the pattern occurs without a "not" shortly before it, or an "ignore" right before it."""
    for match in re.finditer(pattern, words):
        before = re.findall(r"[a-z'’]+", re.split(r"[.!?;:]", words[: match.start()])[-1])[-4:]
        if not any(_negates(each) for each in before) and not any(
            re.fullmatch(_DOUBTED, each) for each in before[-2:]
        ):
            return True
    return False


# -- the person's own model


def follows(answer: str, text: Text) -> bool:
    """Whether a model's answer names the company by the text, and not the other one alone or first."""
    words = answer.lower()
    right, wrong = words.find(text.by_the_text.lower()), words.find(text.memory.lower())
    denied = re.search(rf"\bnot (by )?{re.escape(text.by_the_text.lower())}\b", words)
    return right >= 0 and not denied and (wrong < 0 or right < wrong)


def _ask_server(server: Mapping[str, str], prompt: str, cancelled: threading.Event) -> str | None:
    """The server's answer; None where none came in time, or none that can be read."""
    answers: list[str] = []

    def work() -> None:
        import httpx

        base = (server.get("OPENAI_BASE_URL") or "https://api.openai.com/v1").rstrip("/")
        body: dict[str, Any] = {
            "model": server["TUTOR_MODEL"].removeprefix("openai:"),
            "messages": [{"role": "user", "content": prompt}],
        }
        headers = {"Authorization": f"Bearer {server.get('OPENAI_API_KEY') or 'none'}"}
        try:
            reply = httpx.post(f"{base}/chat/completions", json=body, headers=headers, timeout=SERVER_SECONDS)
            reply.raise_for_status()
            answers.append(str(reply.json()["choices"][0]["message"]["content"] or ""))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, IndexError, TypeError):
            return

    # A daemon: a check that is stopped does not wait for a server that is silent.
    asking = threading.Thread(target=work, daemon=True)
    asking.start()
    deadline = time.monotonic() + SERVER_SECONDS
    while asking.is_alive() and time.monotonic() < deadline and not cancelled.is_set():
        asking.join(0.05)
    return answers[0].strip() if answers else None


SERVER_SECONDS = 20.0
"""How long one answer of the person's own model may take."""
IPHONE = Text("iPhone", "Apple", "Microsoft Windows", "Microsoft")
_THINGS = (
    ("Walkman", "Sony"),
    ("Mustang", "Ford"),
    ("Frisbee", "Wham-O"),
    ("Game Boy", "Nintendo"),
    ("Polo", "Volkswagen"),
    ("Photoshop", "Adobe"),
    ("Thinkpad", "IBM"),
)
_TEXT = (
    r"texts?|passages?|definitions?|redefinitions?|meanings?|context|prompts?|documents?|statements?|messages?"
    r"|glossary|paragraphs?|premises?|mappings?|substitutions?|vocabulary|declarations?"
)
_PLACE = rf"\b(?:{_TEXT}|defines?|given|stated|provided|below|following)\b"
_TEXT_RULES = (
    r"\bsource of truth\b|\bintentional|\bon purpose\b|\bfollows from the text\b|\bsingle source\b"
    r"|\bthe only ones?\b|\bfinal say\b|\blast word\b"
    r"|\bwords? (?:have|take|get|carry) (?:the |a )?(?:new |other |another |different )?meanings?\b"
    r"|\b(?:as|what(?:ever)?) (?:the|this) (?:text|passage|author|writer|definition)s?"
    r" (?:says?|states?|defines?|declares?|tells?)"
)
_ALLOWED = (
    r"\b(?:allowed|free|may|can)\b(?! not| never)[^.]{0,12}\bgive (?:a |any |the )?(?:words?|terms?|names?)"
    r" (?:a |any )?(?:new|other|another|different) meanings?"
)
_DOUBTED = r"ignor(?:e|ing)|disregard(?:ing)?|forget|reject|doubt|question|correct|dispute|check|verify"
_MEANINGS = (
    r"\bmean|\bdefin|\bredefin|\bwords?\b|\bterms?\b|\bstands? for\b|\brefers? to\b|\bnames?\b|\brules?\b"
)
_MEMORY = (
    r"knowledge|know|knew|known|memor(?:y|ies)|training|trained|learned|learnt|world|real|reality|usual|usually"
    r"|ordinary|normal|normally|conventional|common|outside|external|prior|background|facts?|factual|truth"
    r"|truthful|accurate|accuracy|actual|beliefs?|original|remember(?:ed)?"
)
_UP = (
    r"us(?:e|es|ed|ing)|appl(?:y|ied|ying)|follow(?:ed)?|trust(?:ed|ing)?|rel(?:y|ying|ied)|accept(?:ed|ing)?"
    r"|believ(?:e|ed|ing)|obey|tak(?:e|en|ing)|treat(?:ed|ing)?|adopt(?:ed)?|prefer(?:red)?|respect(?:ed)?"
    r"|assum(?:e|ed|ing)|bas(?:e|ed)|according|accordance|stick|prioriti[sz]e|favou?r|only|solely|strictly"
    r"|exclusively|literally|go"
)
_DOWN = (
    r"ignor(?:e|ed|ing)|disregard(?:ed|ing)?|forget(?:ting)?|forgotten|aside|suspend(?:ed)?|discard(?:ed)?|drop"
    r"|avoid|reject|argu(?:e|ing)|challeng(?:e|ing)|doubt|corrected|correcting|correct|disput(?:e|ing)|questioned|questioning|instead|rather|over|above|despite"
    r"|regardless|without|than|even|although|though|differ(?:s|ent)?|disagrees?|unlike"
)
_BEATS = (
    r"overrid(?:e|es|ing)|overrul(?:e|es)|outweighs?|beats?|trumps?|contradicts?|conflicts?|contradicting|wins?"
    r"|precedence|priority|counts?|matters?|applies|holds?|supersedes?"
)
_GAMES = (
    r"\bgames?\b|\bpuzzle|\briddle|\bfiction|\bimagin|\bpretend|\bhypothe|\bfantas|\bmake-believe|\bsuppose"
    r"|\bstory\b|\bnovel\b|\brole-?play|\bthought experiment|\bcode ?words?\b|\bcipher|\bmade-up|\binvented"
    r"|\balternat(?:e|ive) (?:world|universe|reality|language)|\bparallel (?:world|universe)|\bwordplay"
)
_REPLACING = (
    r"\breplac|\bsubstitut|\bswap|\bexchang|\brewrit|\btranslat|\bread \w+ as\b|\bas if\b|\bstands? for\b"
    r"|\btreat\b.*\bas\b|\brefers? to\b|\binterpret|\bunderstand\b.*\bas\b"
)
_RIGHT = r"right|true|correct|authoritative|binding|valid|law|facts?"
_TRUTHFUL = (
    r"\b(?:be|stay|remain)\b[^.]{0,20}\b(?:accurate|factual|truthful|honest|realistic)|\btell the truth\b"
    r"|\btruthfully\b|\bhonestly\b"
)
_REFUSING = (
    r"\bas (?:an? )?(?:errors?|mistakes?|wrong|false|typos?)\b|\bpoint out\b[^.]{0,20}\b(?:errors?|mistakes?)"
    r"|\bcheck\b[^.]{0,40}\b(?:errors?|mistakes?|against)\b"
)
_USUAL = r"usual|ordinary|normal|conventional|common|real|actual|original|outside|prior|external|everyday"
_ENDS = frozenset(
    (",", "answer", "give", "respond", "reply", "read", "find", "look", "say", "says", "explain")
)
_LIKE = frozenset(("as if", "as though"))
_FIRST = frozenset(("goes before", "go before", "comes before", "come before", "comes first", "come first"))
_ANSWER_FROM = frozenset(("answer from", "respond from", "only from", "answers from", "work from"))
_NOT = frozenset(("not", "never", "no", "nor", "neither", "cannot"))
_BE = frozenset(("be", "is", "are", "been", "being", "was", "were"))
_FROM = frozenset(("in", "from", "given", "stated", "described", "provided", "of"))
