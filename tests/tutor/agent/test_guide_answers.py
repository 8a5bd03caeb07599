"""What the Guide answers: quotes, verbatim, and nothing that no passage says."""

from __future__ import annotations

import re

import pytest

from knowledge.library import Library
from tutor.agent.events import Answer, SourcesFound, ToolFinished, ToolStarted
from tutor.agent.models.guide.compose import answer, of_kind
from tutor.agent.models.guide.phrases import PHRASES
from tutor.agent.models.guide.quoting import blocks_of, widen
from tutor.agent.shown import from_hit
from tutor.agent.turn import ShownPassage

QUESTIONS = [
    "What is overfitting?",
    "how can I notice that my model overfits",
    "How is recall computed?",
    "dropout in pytorch",
    "steps of byte pair encoding",
    "difference between precision and recall",
    "what happens when the learning rate is too large?",
    "過学習とは何ですか",
    "トークナイザは何をしますか",
    "embeddings",
]


def found(library: Library, question: str, k: int = 5) -> list[ShownPassage]:
    hits = library.search(question, k).hits
    return [{**from_hit(hit), "n": n} for n, hit in enumerate(hits, 1)]


def quotes_in(text: str) -> list[tuple[str, int]]:
    """(quote, n) pairs of an answer: what stands between our connecting lines and a number."""
    pairs: list[tuple[str, int]] = []
    held: list[str] = []
    for part in re.split(r"\s*\[(\d+)\](?:\n\n|$)", text):
        if part.isdigit() and held:
            pairs.append((held.pop(), int(part)))
        elif part:
            held.append(part)
    return pairs


def without_ours(quote: str) -> str:
    """A quote without the connecting lines of ours before it."""
    fixed = [
        re.escape(phrase)
        .replace(r"\{section\}", ".+")
        .replace(r"\{kind\}", ".+")
        .replace(r"\{query\}", ".+")
        .replace(r"\{what\}", ".+")
        for both in PHRASES.values()
        for phrase in both.values()
    ]
    lead = re.compile(rf"\A(?:{'|'.join(fixed)})\n\n")
    while lead.match(quote):
        quote = lead.sub("", quote, count=1)
    return quote


def assert_all_is_quoted(reply: Answer) -> None:
    pairs = quotes_in(reply.answer)
    sources = {source.n: source for source in reply.sources}
    assert pairs
    assert {n for _, n in pairs} == set(sources)
    for quote, n in pairs:
        assert without_ours(quote) in sources[n].quote


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_word_of_an_answer_stands_in_its_source(question: str, talk) -> None:
    async with talk() as chat:
        reply = await chat.ask(question)
    assert reply.answered
    assert_all_is_quoted(reply)
    assert len(reply.answer) <= 1_900


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_a_slice_of_its_passage(question: str, library: Library) -> None:
    passages = found(library, question, 10)
    for reply in (
        answer(question, passages, "en"),
        of_kind("example", question, passages, "", (), "en"),
        of_kind("formula", question, passages, "", (), "ja"),
        of_kind("code", question, passages, "", (), "en"),
    ):
        for quote in reply.quotes:
            assert quote.text in quote.passage["text"]
            assert quote.text in reply.text


def test_blocks_cover_a_passage_and_keep_code_whole(library: Library) -> None:
    for passage in found(library, "dropout precision tokenizer gradient descent", 20):
        blocks = blocks_of(passage)
        assert "".join("".join(block.text.split()) for block in blocks) == "".join(passage["text"].split())
        for block in blocks:
            assert block.text.count("```") in (0, 2)


def test_a_paragraph_that_points_back_brings_what_it_points_to() -> None:
    passage: ShownPassage = {
        "n": 1, "passage_id": "p", "collection": "c", "title": "T", "section": "S", "headings": [],
        "location": "", "kind": "prose", "language": "en", "asks": [], "score": 1.0,
        "text": "Dropout switches units off at random during training, a new set at every single step.\n\n"
        "This reduces overfitting.",
    }  # fmt: skip
    blocks = blocks_of(passage)
    start, end = widen(blocks[1], blocks, 900)
    assert passage["text"][start:end] == passage["text"]


async def test_the_paragraph_that_answers_comes_first(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("What is overfitting?")
        assert reply.answer.index("doing well on the training data") < 120
        assert reply.sources[0].section.endswith("Overfitting")
        reply = await chat.ask("How is recall computed?")
        assert r"\frac{TP}{TP + FN}" in reply.answer


async def test_a_turn_reports_its_tool_and_its_sources_before_the_words(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("What is dropout?")
        kinds = [type(event).__name__ for event in chat.events]
    order = ["ToolStarted", "ToolFinished", "SourcesFound", "Token", "Answered"]
    assert sorted(set(kinds), key=kinds.index) == order
    assert chat.of(ToolStarted)[0].name == "search_course"
    assert chat.of(ToolFinished)[0].tool == reply.tools[0]
    assert chat.of(SourcesFound)[-1].sources == reply.sources
    assert chat.shown().strip() == reply.answer
    assert reply.model == "guide"


async def test_what_nothing_answers_is_said_and_the_nearest_sections_can_be_opened(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("Who won the football world cup in 1998?")
        assert not reply.answered
        assert reply.sources == ()
        assert reply.answer.startswith("The course doesn't cover this.")
        assert "1. *" in reply.answer
        opened = await chat.ask("1")
    assert opened.answered
    assert opened.tools[0].name == "read_section"
    assert_all_is_quoted(opened)


async def test_a_japanese_question_is_answered_with_japanese_words_around_japanese_quotes(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("過学習とは何ですか")
        assert "より:" in reply.answer
        assert "新しいデータでは性能が悪くなる" in reply.answer
        refused = await chat.ask("1998年のワールドカップで優勝した国は？")
    assert refused.answer.startswith("この内容は教材では扱っていません。")


async def test_follow_ups_go_on_from_the_answer_before(talk) -> None:
    async with talk() as chat:
        await chat.ask("What is overfitting?")
        why = await chat.ask("why?")
        assert "because a large model has enough weights" in why.answer
        example = await chat.ask("an example")
        assert "For example, a table that stores" in example.answer
        await chat.ask("What is dropout?")
        code = await chat.ask("and in PyTorch?")
        assert "nn.Dropout(p=0.5)" in code.answer
        formula = await chat.ask("What is precision?")
        formula = await chat.ask("give me the formula")
        assert r"\frac{TP}{TP + FP}" in formula.answer
        other = await chat.ask("what about recall?")
        assert r"\frac{TP}{TP + FN}" in other.answer
        for reply in (why, example, code, formula, other):
            assert reply.answered
            assert_all_is_quoted(reply)


async def test_what_the_material_has_not_is_not_made_up_from_what_came_before(talk) -> None:
    async with talk() as chat:
        await chat.ask("What is dropout?")
        rust = await chat.ask("and in Rust?")
        assert not rust.answered
        assert "nn.Dropout" not in rust.answer
        cup = await chat.ask("what about the football world cup in 1998?")
    assert not cup.answered
    assert cup.sources == ()


async def test_more_shows_what_was_not_shown_yet(talk) -> None:
    async with talk() as chat:
        first = await chat.ask("What is gradient descent?")
        more = await chat.ask("more")
    shown = {quote for quote, _ in quotes_in(first.answer)}
    assert more.sources
    assert not shown & {quote for quote, _ in quotes_in(more.answer)}
    assert {s.passage_id for s in more.sources}.isdisjoint(s.passage_id for s in first.sources)


async def test_follow_ups_live_on_in_a_later_process(talk) -> None:
    async with talk(session="kept") as chat:
        await chat.ask("What is overfitting?")
    async with talk(session="kept") as chat:
        reply = await chat.ask("例は？")
    assert "For example, a table that stores" in reply.answer


async def test_a_follow_up_to_nothing_says_so(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("why?")
    assert not reply.answered
    assert reply.tools == ()
    assert "don't know yet what that refers to" in reply.answer


async def test_a_section_can_be_opened_by_name_and_the_outline_shown(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("open the section on learning rate")
        assert "how far one step of gradient descent goes" in reply.answer
        assert_all_is_quoted(reply)
        outline = await chat.ask("what can I learn here?")
        assert "- Measuring quality" in outline.answer
        assert "  - Precision and recall" in outline.answer
        missing = await chat.ask("open the section on zeppelins")
    assert not missing.answered
    assert "no section of that name" in missing.answer


async def test_what_it_cannot_do_yet_is_said(talk) -> None:
    async with talk() as chat:
        web = await chat.ask("search the web for GPUs")
        hello = await chat.ask("hello")
    assert not web.answered
    assert "turned off" in web.answer
    assert "tutor config set web_search true" in web.answer
    assert hello.sources == ()


async def test_an_unclear_message_is_asked_back_and_the_pick_is_followed(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("take me somewhere")
        assert not reply.answered
        assert "1. " in reply.answer
        assert "2. " in reply.answer
        picked = await chat.ask("1")
    assert picked.answer != reply.answer


async def test_words_come_in_pieces_not_in_one_block(talk) -> None:
    async with talk() as chat:
        reply = await chat.ask("What is overfitting?")
        pieces = [event for event in chat.events if type(event).__name__ == "Token"]
    assert len(pieces) > len(reply.answer.split()) * 0.9
