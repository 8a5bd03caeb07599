"""Putting an answer together: quotes with their numbers, and a few words of ours between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.search import CJK_LANGUAGES
from knowledge.tokens import content_terms, is_cjk, terms
from tutor.agent.models.guide.followups import Want
from tutor.agent.models.guide.phrases import Language, say
from tutor.agent.models.guide.quoting import (
    Block,
    Kind,
    Quote,
    Scorer,
    best_blocks,
    blocks_of,
    widen,
)
from tutor.agent.models.guide.writing import cited, plain_title, written
from tutor.agent.turn import ShownPassage


@dataclass(frozen=True, slots=True)
class Reply:
    """What the Guide says: Markdown, the quotes in it, and what to remember for a follow-up.

    `topic` is the question that a follow-up is about, where it is not the one that was asked.
    """

    text: str
    quotes: tuple[Quote, ...] = ()
    answered: bool = True
    offers: tuple[dict[str, str], ...] = ()
    topic: str = ""


def answer(question: str, passages: Sequence[ShownPassage], language: Language, lead: str = "") -> Reply:
    """The paragraph that answers, then what belongs to it, then a second passage where it adds something."""
    scorer = Scorer(question, passages)
    ranked = best_blocks(scorer, passages)
    if not ranked:
        return not_covered(passages, language)
    top, block = ranked[0]
    top_passage = block.passage
    in_english = top_passage["language"] == "en" and not is_cjk(question)
    quotes = [_whole_or(block, "from")]
    budget = LONGEST - len(quotes[0].text)
    for kind, role in _belonging(question, quotes[0], scorer):
        found = _companion(kind, ranked, quotes, scorer, budget)
        if found:
            quote = _quote(found, role, min(budget, LONGEST_QUOTE))
            if _overlaps(quote, quotes):
                quote = Quote(found.passage, found.start, found.end, found.kind, role)
            quotes.append(quote)
            budget -= len(quote.text)
            break
    missing = scorer.missing(" ".join(quote.text + quote.passage["section"] for quote in quotes))
    for score, other in ranked[1:]:
        if len(quotes) >= MOST_QUOTES or budget < 200:
            break
        adds = bool(missing - scorer.missing(other.text))
        enough = _enough(adds, len(quotes), _same_section(other.passage, top_passage))
        # The course has its Japanese chapter in English too, but not the other way round.
        twice = in_english and other.passage["language"] in CJK_LANGUAGES
        if score < enough * top or twice or _overlaps(other, quotes) or _is_aside(other.passage, top_passage):
            continue
        quote = _quote(other, "also", min(budget, LONGEST_QUOTE))
        if _overlaps(quote, quotes):
            quote = Quote(other.passage, other.start, other.end, other.kind, "also")
        if len(quote.text) <= budget:
            quotes.append(quote)
            budget -= len(quote.text)
            missing &= scorer.missing(other.text)
    return Reply(written(quotes, language, lead), tuple(quotes))


def _enough(adds: bool, quoted: int, at_home: bool) -> float:
    """The share of the best block's rating that a further quote needs.

    Less is needed where it adds words of the question that no quote has yet, or stands at home: in the
    section of the best.
    """
    if adds:
        return ADDS
    if quoted == 1:
        return SECOND
    return THIRD_AT_HOME if at_home else THIRD


def passage_on(question: str, passages: Sequence[ShownPassage]) -> Quote | None:
    """The one paragraph that answers best; None where no prose is there."""
    ranked = best_blocks(Scorer(question, passages), passages)
    prose = [block for _, block in ranked if block.kind in ("prose", "list")]
    return _whole_or(prose[0], "from") if prose else None


def of_kind(
    want: Want,
    question: str,
    passages: Sequence[ShownPassage],
    near: str,
    seen: Sequence[str],
    language: Language,
) -> Reply:
    """An example, formula, reason or piece of code for the question, from the section of before first."""
    scorer = Scorer(question, passages)
    ranked = best_blocks(scorer, passages)
    sections = {passage["section"] for passage in passages if passage["passage_id"] == near}
    top = ranked[0][0] if ranked else 0.0
    fitting: list[tuple[float, Block]] = []
    for score, block in ranked:
        at_home = block.passage["section"] in sections
        # Elsewhere it must be about the same thing, not just have the right form.
        about_it = scorer.shared(block.text + " " + block.passage["section"]) >= 0.5 and score >= 0.5 * top
        if _is_wanted(want, block) and (at_home or about_it):
            again = 0.4 if block.passage["passage_id"] in seen else 0.0
            fitting.append((score + (0.5 if at_home else 0.0) - again, block))
    fitting.sort(key=lambda pair: -pair[0])
    quotes: list[Quote] = []
    budget = LONGEST
    for _, block in fitting:
        quote = _quote(block, "from", min(budget, 1_200))
        if not _overlaps(quote, quotes) and len(quote.text) <= budget:
            quotes.append(quote)
            budget -= len(quote.text)
        if len(quotes) == 2:
            break
    if quotes:
        return Reply(written(quotes, language), tuple(quotes))
    kind = say(f"kind_{want}", language)
    fresh = [passage for passage in passages if passage["passage_id"] not in seen]
    return closest(say("no_kind", language, kind=kind), question, fresh or passages, language)


def closest(lead: str, question: str, passages: Sequence[ShownPassage], language: Language) -> Reply:
    """One passage that comes near, after words that say that it is no answer."""
    ranked = best_blocks(Scorer(question, passages), passages)
    prose = [block for _, block in ranked if block.kind in ("prose", "list")]
    quotes = [_quote(block, "from") for block in prose[:1]]
    return Reply(written(quotes, language, lead), tuple(quotes), answered=False)


def mentions(passage: ShownPassage, what: str) -> bool:
    """Whether the passage or its headings name `what`."""
    asked = set(content_terms(what)) or set(terms(what))
    return asked <= set(terms(f"{passage['text']} {passage['section']} {passage['title']}"))


def simpler(
    question: str, passages: Sequence[ShownPassage], seen: Sequence[str], language: Language
) -> Reply:
    """Other, plainer passages on the same thing; the Guide cannot reword."""
    fresh = [
        passage for passage in passages if passage["passage_id"] not in seen and passage["kind"] == "prose"
    ]
    lead = say("simpler", language)
    scorer = Scorer(question, fresh)
    plain = [
        (score + 0.3 * (_PLAIN.search(block.text) is not None), block)
        for score, block in best_blocks(scorer, fresh)
        if block.kind in ("prose", "list")
    ]
    plain.sort(key=lambda pair: -pair[0])
    if not plain:
        return answer(question, passages, language, lead)
    quotes = [_quote(plain[0][1], "from")]
    return Reply(written(quotes, language, lead), tuple(quotes))


def more(
    section: Sequence[ShownPassage],
    found: Sequence[ShownPassage],
    seen: Sequence[str],
    language: Language,
) -> Reply:
    """What comes next in the section of before, then passages found and not yet shown."""
    last = max((i for i, passage in enumerate(section) if passage["passage_id"] in seen), default=-1)
    best = max((passage["score"] for passage in found), default=0.0)
    related = [passage for passage in found if passage["score"] >= 0.45 * best]
    in_order = [*section[last + 1 :], *related, *section[: last + 1]]
    quotes: list[Quote] = []
    budget = LONGEST
    taken = set(seen)
    for passage in in_order:
        quote = _whole(passage, min(budget, 1_000))
        if passage["passage_id"] in taken or passage["kind"] in ("hint", "solution") or quote is None:
            continue
        if len(quote.text) > budget or len(quotes) == MOST_QUOTES:
            break
        taken.add(passage["passage_id"])
        quotes.append(quote)
        budget -= len(quote.text)
    if not quotes:
        return Reply(say("no_more", language), answered=False)
    return Reply(written(quotes, language), tuple(quotes))


def reading(passages: Sequence[ShownPassage], left: int, language: Language) -> Reply:
    """A section from its beginning, as far as one answer carries."""
    quotes: list[Quote] = []
    budget = LONGEST
    for passage in passages:
        quote = _whole(passage, 1_200)
        if quote is None or passage["kind"] in ("hint", "solution"):
            continue
        if quotes and len(quote.text) > budget:
            left += 1
            break
        quotes.append(quote)
        budget -= len(quote.text)
    text = written(quotes, language)
    if left or len(quotes) < len(passages):
        text += "\n\n" + say("more_left", language)
    return Reply(text, tuple(quotes), answered=bool(quotes))


def web(passages: Sequence[ShownPassage], language: Language) -> Reply:
    """Search results as they came, each with its title and address."""
    if not passages:
        return Reply(say("web_none", language), answered=False)
    quotes = tuple(
        Quote(passage, 0, len(passage["text"].rstrip()), "prose", "web") for passage in passages[:MOST_QUOTES]
    )
    parts = [say("web", language)]
    parts += [
        f"*{plain_title(quote.passage['title'])}* ({quote.passage['location']}):\n\n{cited(quote)}"
        for quote in quotes
    ]
    return Reply("\n\n".join(parts), quotes)


def not_covered(passages: Sequence[ShownPassage], language: Language) -> Reply:
    """The course doesn't cover it; up to three nearest sections are offered, and nothing is quoted."""
    text = say("not_covered", language)
    sections: dict[str, ShownPassage] = {}
    for passage in passages:
        sections.setdefault(passage["section"], passage)
    nearest = list(sections.items())[:3]
    if not nearest:
        return Reply(say("empty", language), answered=False)
    lines = [
        f"{place}. *{plain_title(section)}*"
        + (f" ({plain_title(passage['title'])})" if passage["title"] != section else "")
        for place, (section, passage) in enumerate(nearest, 1)
    ]
    offers = tuple({"intent": "read", "text": passage["passage_id"]} for _, passage in nearest)
    parts = [text, say("nearest", language), "\n".join(lines), say("pick", language)]
    return Reply("\n\n".join(parts), answered=False, offers=offers)


def _quote(block: Block, role: str, longest: int = 0) -> Quote:
    blocks = blocks_of(block.passage)
    start, end = widen(block, blocks, longest or LONGEST_QUOTE)
    return Quote(block.passage, start, end, block.kind, role)


def _whole_or(block: Block, role: str) -> Quote:
    """The whole passage where it is short prose, since it was cut to answer; else the block, widened."""
    passage = block.passage
    blocks = blocks_of(passage)
    content = [each for each in blocks if each.kind != "heading"]
    plain = all(each.kind in ("prose", "list", "formula") for each in content)
    headed = any(each.kind == "heading" and each.start > content[0].start for each in blocks)
    if plain and not headed and content[-1].end - content[0].start <= SHORT_PASSAGE:
        return Quote(passage, content[0].start, content[-1].end, block.kind, role)
    return _quote(block, role)


def _whole(passage: ShownPassage, longest: int) -> Quote | None:
    """The passage from its first block, as many blocks as fit; None where it holds only headings."""
    blocks = blocks_of(passage)
    while blocks and blocks[0].kind == "heading":
        blocks.pop(0)
    if not blocks:
        return None
    end = blocks[0].end
    for block in blocks[1:]:
        if block.end - blocks[0].start > longest:
            break
        end = block.end
    kind: Kind = blocks[0].kind if len(blocks) == 1 else "prose"
    return Quote(passage, blocks[0].start, end, kind)


def _belonging(question: str, first: Quote, scorer: Scorer) -> list[tuple[Kind, str]]:
    """Which kinds of block belong to this answer, most wanted first."""
    wanted: list[tuple[Kind, str]] = []
    if _ASKS_FORMULA.search(question) or _POINTS_TO_FORMULA.search(first.text):
        wanted.append(("formula", "formula"))
    if scorer.wants_code:
        wanted.append(("code", "code"))
    if _ASKS_TABLE.search(question):
        wanted.append(("table", "table"))
    if scorer.wants_definition and not scorer.is_definition(first.text):
        wanted.append(("prose", "definition"))
    if _ASKS_LIST.search(question) and first.kind != "list":
        wanted.append(("list", "list"))
    return wanted


def _companion(
    kind: Kind, ranked: Sequence[tuple[float, Block]], quotes: Sequence[Quote], scorer: Scorer, budget: int
) -> Block | None:
    """The best block of that kind in the section of the first quote."""
    first = quotes[0].passage
    for _, block in ranked:
        passage = block.passage
        if (
            not _same_section(passage, first)
            or block.kind != kind
            or _overlaps(block, quotes)
            or len(block.text) > budget
        ):
            continue
        if kind == "prose" and not scorer.is_definition(block.text):
            continue
        return block
    return None


def _same_section(one: ShownPassage, other: ShownPassage) -> bool:
    """Whether two passages stand under the same first heading of the same document."""
    return (one["title"], one["section"].split(" > ")[0]) == (
        other["title"],
        other["section"].split(" > ")[0],
    )


def _is_aside(passage: ShownPassage, first: ShownPassage) -> bool:
    """Whether another section's passage was found clearly less fitting than the first quote's."""
    return not _same_section(passage, first) and passage["score"] < ASIDE * first["score"]


def _is_wanted(want: Want, block: Block) -> bool:
    if want == "code":
        return block.kind == "code"
    if want == "why":
        return _REASON.search(block.text) is not None
    if want == "formula":
        return block.kind == "formula" or _FORMULA.search(block.text) is not None
    return _EXAMPLE.search(block.text) is not None


def _overlaps(block: Block | Quote, quotes: Sequence[Quote]) -> bool:
    return any(
        (
            quote.passage["passage_id"] == block.passage["passage_id"]
            and block.start < quote.end
            and quote.start < block.end
        )
        or block.text.strip() in quote.text
        for quote in quotes
    )


LONGEST = 1_900
SHORT_PASSAGE = 650
LONGEST_QUOTE = 900
MOST_QUOTES = 4
ADDS, SECOND, THIRD_AT_HOME, THIRD = 0.55, 0.7, 0.65, 0.9
ASIDE = 0.85
"""Share of the best passage's search score under which another section's passage is left out."""
_ASKS_FORMULA = re.compile(r"\b(?:formula|equation|comput|calculat|defin|math)|式|計算", re.IGNORECASE)
_POINTS_TO_FORMULA = re.compile(
    r"\b(?:formula|equation|computed as|defined as|given by)\b|次の式|数式", re.IGNORECASE
)
_ASKS_TABLE = re.compile(r"\b(?:compar\w*|differences?|differ|versus|vs)\b|違い|比較", re.IGNORECASE)
_ASKS_LIST = re.compile(
    r"\b(?:steps?|how|which|types?|kinds?|list|stages?|ways?)\b|手順|種類|方法", re.IGNORECASE
)
_FORMULA = re.compile(r"\$[^$\n]{2,}\$|\\frac|\\sum|[A-Za-z)\]] ?= ?[-A-Za-z0-9(\\√Σ]+ ?[-+*/×÷^]")
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|e\.g\.|such as|examples?|imagine|suppose|consider|let's say)\b|例えば"
    r"|たとえば|例:|例として|具体例",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|reasons?|therefore|thus|hence|so that|due to|leads? to|causes?|caused by|in order"
    r" to|otherwise|the problem"
    r"|that is why|allows?|helps?|makes? it|consequence)\b|ため|ので|から[、。]|理由|なぜなら|によって|原因",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"\b(?:in other words|simply|imagine|think of|intuiti\w*|basically|in short|like an?|picture)\b|つまり"
    r"|簡単に|言い換え|例えば",
    re.IGNORECASE,
)
