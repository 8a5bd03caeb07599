"""Choosing what a message asks for: rules first, then the nearest example phrase, then asking back."""

from __future__ import annotations

import hashlib
import logging
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from knowledge.errors import KnowledgeError
from knowledge.tokens import words
from tutor.agent.models.guide.phrases import language_of

if TYPE_CHECKING:
    import numpy as np

Intent = Literal[
    "search", "outline", "read", "web", "labs", "practise", "check", "hint", "greeting", "thanks",
    "capabilities",
]  # fmt: skip
INTENTS: tuple[Intent, ...] = get_args(Intent)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message: what it asks for, and of what (a question, a section's name, ...)."""

    intent: Intent
    text: str = ""


def by_rule(message: str) -> Reading | None:
    """The reading that rules settle; None where only likeness to examples can tell."""
    text = " ".join(message.split())
    if len(text) > LONGEST_COMMAND:
        return Reading("search", text)
    for intent, pattern in _RULES:
        found = pattern.search(text)
        if found:
            if intent == "search":
                return Reading("search", text)
            what = found.groupdict().get("what") or ""
            return Reading(intent, what.strip(" \"'「」『』?？.。"))
    if _QUESTION.search(text):
        return Reading("search", text)
    if language_of(text) == "ja":
        return None if _COMMAND_JA.search(text) else Reading("search", text)
    first = words(text)[:1]
    return None if first and first[0] in _COMMANDS else Reading("search", text)


class Router:
    """Nearest example phrase, by the index's own encoder; vectors of the examples are cached in `cache`."""

    def __init__(self, encode: Callable[..., np.ndarray[Any, Any]], cache: Path | None) -> None:
        self._encode = encode
        self._cache = cache
        self._vectors: np.ndarray[Any, Any] | None = None
        examples = tomllib.loads(_EXAMPLES.read_text(encoding="utf-8"))
        self._phrases = [phrase for intent in INTENTS for phrase in examples[intent]]
        self._intents = [intent for intent in INTENTS for _ in examples[intent]]

    def readings(self, message: str) -> list[Reading]:
        """One reading where it is clear, two or three, likeliest first, where it is not."""
        text = " ".join(message.split())
        try:
            scores = self.scores(text)
        except KnowledgeError as error:
            log.warning("routing without the encoder: %s", error)
            return [Reading("search", text)]
        ranked = sorted(scores, key=lambda intent: -scores[intent])
        best = scores[ranked[0]]
        near = [intent for intent in ranked[:3] if best - scores[intent] < MARGIN]
        if best < SURE and "search" not in near:
            near = [*near[:2], "search"]  # unlike every example, so it may well be a topic to look up
        return [Reading(intent, _object_of(text) if intent in ("read", "web") else text) for intent in near]

    def scores(self, text: str) -> dict[Intent, float]:
        """For each intent the cosine to its nearest example. Raises EncoderUnavailable."""
        vectors = self._ready()
        cosines = vectors @ self._encode([text], query=True)[0]
        best: dict[Intent, float] = {}
        for intent, cosine in zip(self._intents, cosines, strict=True):
            best[intent] = max(best.get(intent, -1.0), float(cosine))
        return best

    def _ready(self) -> np.ndarray[Any, Any]:
        if self._vectors is None:
            self._vectors = self._cached() if self._cache else None
        if self._vectors is None:
            import numpy as np

            # A few at a time: a question that is asked meanwhile needs the same encoder.
            batches = [self._phrases[at : at + BATCH] for at in range(0, len(self._phrases), BATCH)]
            self._vectors = np.concatenate([self._encode(batch, query=True) for batch in batches])
            self._save(self._vectors)
        return self._vectors

    def _cached(self) -> np.ndarray[Any, Any] | None:
        """The saved vectors, where they are of these phrases and this encoder."""
        import numpy as np

        assert self._cache is not None
        try:
            vectors = np.load(self._cache / self._file_name(), allow_pickle=False)
        except (OSError, ValueError):
            return None
        probe = self._encode(self._phrases[:1], query=True)[0]
        # The encoder may have been changed since: then even the first phrase has moved.
        same = vectors.shape == (len(self._phrases), len(probe)) and float(vectors[0] @ probe) > 0.999
        return vectors if same else None

    def _save(self, vectors: np.ndarray[Any, Any]) -> None:
        import numpy as np

        if self._cache is None:
            return
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            part = self._cache / f"{self._file_name()}.part"
            with part.open("wb") as file:
                np.save(file, vectors)
            part.replace(self._cache / self._file_name())
        except OSError as error:
            log.info("the router's vectors are not kept: %s", error)

    def _file_name(self) -> str:
        return f"router-{hashlib.sha256(''.join(self._phrases).encode()).hexdigest()[:12]}.npy"


def _object_of(text: str) -> str:
    """What a command is about: "show me the chapter about transformers" -> "transformers"."""
    without = _LEAD.sub("", text, count=1)
    return _TRAIL_JA.sub("", without).strip(" ?？.。!") or text


def _rule(intent: Intent, *patterns: str) -> list[tuple[Intent, re.Pattern[str]]]:
    return [(intent, re.compile(pattern, re.IGNORECASE)) for pattern in patterns]


# Cosines of e5-small: unrelated short phrases lie near 0.83, the same wish in other words above 0.92.
MARGIN = 0.015
BATCH = 8
LONGEST_COMMAND = 300
SURE = 0.9
_EXAMPLES = Path(__file__).with_name("intents.toml")
_ASK = r"(?:please |can you |could you |would you |will you |let's |lets |i want to |i'd like to |now )*"
_END = r"(?: please| for me| now)?\W*$"
_UNIT = r"(?:section|lesson|chapter|part|page|notebook|document)"
_WEB = r"(?:the )?(?:web|internet|net|google|online)"
_WEB_JA = r"(?:ウェブ|web|ネット|インターネット|グーグル|google)"

_RULES: list[tuple[Intent, re.Pattern[str]]] = [
    *_rule(
        "greeting",
        r"^(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening|day))(?: there| tutor| everyone)?\W*$",
        r"^(?:こんにちは|こんばんは|おはよう(?:ございます)?|やあ|はじめまして)\W*$",
    ),
    *_rule(
        "thanks",
        r"^(?:ok(?:ay)?|great|perfect|nice|cool|good|got it|i see|thanks?|thank you|thx|cheers|bye|goodbye"
        r"|see you|that helps|that helped|awesome)(?:[,.! ]+(?:thanks?|thank you|got it|bye|so much|a lot"
        r"|very much|you|that helps|that helped|then|for (?:that|your help|the help)))*\W*$",
        r"^(?:どうも)?(?:ありがとう(?:ございま(?:す|した))?|了解(?:です|しました)?|わかりました"
        r"|助かりました|さようなら)\W*$",
    ),
    *_rule(
        "capabilities",
        r"^(?:help|help me|what can you do(?: for me)?|who are you|what are you|what do you do|how do you"
        r" work"
        r"|how can you help(?: me)?|how do i use (?:this|you|tutor)|what can i (?:ask|do)(?: you|"
        r" here)?)\W*$",
        r"^(?:ヘルプ|使い方(?:は|を教えて(?:ください)?)?|(?:何|なに)が(?:できる|できます)(?:の|か)?"
        r"|あなたは(?:誰|何)(?:ですか)?)\W*$",
    ),
    *_rule(
        "outline",
        rf"^{_ASK}(?:(?:show|give|list|print|see|view|open|display|read)(?: me)? )?(?:(?:the|an|a|your|full"
        rf"|course|whole)"
        rf" )*(?:outline|table of contents|toc|syllabus|curriculum|contents)"
        rf"(?: of (?:the |this |your )?(?:course|material|materials|book|lessons?))?{_END}",
        r"^what (?:can|will|could|do|would|should) (?:i|we|you) (?:learn|study|teach|cover)"
        r"(?: here| from (?:you|this|the course|this course)| in (?:this|the) course| with (?:you"
        r"|this))?\W*$",
        r"^(?:what(?:'s| is| does)|which) (?:in |covered (?:in|by) )?(?:this|the) course"
        r"(?: about| cover| contain| teach| include)?\W*$",
        rf"^{_ASK}(?:list|show)(?: me)?(?: all)?(?: of)?(?: the| your)? (?:lessons|sections|chapters"
        rf"|topics){_END}",
        r"^(?:what|which) (?:lessons|topics|chapters|sections|subjects)"
        r" (?:are there|do you (?:have|cover|know)|does (?:the|this) course (?:have|cover)|can i learn)\W*$",
        r"^(?:目次|カリキュラム|シラバス|レッスン(?:の)?一覧)(?:は|を)?(?:見せて|表示して|ください"
        r"|教えて)*\W*$",
        r"^(?:ここで|この(?:コース|教材)で)?(?:は)?(?:何|なに)(?:が|を)(?:学べ|勉強でき|習え)(?:る|ます)"
        r"(?:の)?か?\W*$",
        r"^どんな(?:内容|トピック|レッスン|セクション)が(?:ある|あります)(?:の)?か?\W*$",
    ),
    *_rule(
        "web",
        rf"^{_ASK}(?:search|google|browse|check|look|look up|query)(?: on| in| through)? {_WEB}"
        r"(?: for| about| on|:)?\s*(?P<what>.*)$",
        rf"^{_ASK}(?:web search|google)(?: for|:)?\s+(?P<what>.+)$",
        rf"^{_ASK}(?:search|search for|look up|look for|find|find out|check)(?P<what> .+?)(?: on| in)?"
        rf" {_WEB}{_END}",
        rf"^{_WEB_JA}(?:で|を)(?P<what>.*?)(?:を|について)?(?:検索|調べ|探)",
        rf"^(?P<what>.+?)(?:を|について)?{_WEB_JA}で(?:検索|調べ|探)",
    ),
    *_rule(
        "labs",
        rf"^{_ASK}(?:run|start|launch|execute|begin|do|try|open|repeat)(?: (?:me|my|the|a|an|this|that|next"
        rf"|first))*"
        r"(?: \S+){0,4} ?\b(?:labs?|experiments?|training run)\b.{0,40}$",
        rf"^{_ASK}(?:train|fine-?tune|retrain)(?: \S+){{0,6}} ?\b(?:classifier|model|network|it"
        rf"|lab)\b.{{0,60}}$",
        r"(?:ラボ|実験).*(?:実行|走らせ|動かし|始め|開始)",
        r"(?:モデル|分類器).*を(?:訓練|学習|トレーニング)(?:して|させて)(?:ください)?\W*$",
    ),
    *_rule(
        "read",
        rf"^{_ASK}(?:read|open|go to|jump to|show|view|take me to|bring up|start)(?: me)?(?: the| with)? "
        rf"(?P<what>{_UNIT} (?:\d+(?:\.\d+)*|one|two|three|four|five|six|seven|eight|nine)){_END}",
        rf"^{_ASK}(?:read|open|go to|jump to|show|view|take me to|bring up|start)(?: me)?(?: the| to)?(?:"
        rf" whole| full| entire)? "
        rf"{_UNIT} ?(?:on |about |called |titled |named |: ?)?(?P<what>.+?){_END}",
        rf"^{_ASK}(?:read|open|go to|jump to|show|view|take me to|bring up)(?: me)?(?: the)? (?P<what>.+?)"
        rf" {_UNIT}{_END}",
        rf"^{_ASK}(?:open|go to|jump to) (?P<what>.+?){_END}",
        r"^(?P<what>.+?)(?:の|という|について(?:の)?)?(?:セクション|章|節|レッスン|ページ)を(?:開|読|見せ"
        r"|表示)",
        r"^(?P<what>.+?)を(?:開いて|読んで|読みたい)",
    ),
    *_rule(
        "search",
        r"^(?:train|training|test|run)[- ](?:loss(?:es)?|error|accuracy|sets?|splits?|data|time|curves?"
        r"|versus|vs|test|steps?)\b",
        rf"^{_ASK}(?:find|find out|look up|look for|see|check|search for) (?:where|what|how|why|which|when"
        rf"|if|whether)\b",
        rf"^{_ASK}(?:explain|describe|define|compare|summari[sz]e|clarify|contrast|outline|discuss)\b",
        rf"^{_ASK}(?:show|give|tell|teach|remind|help|get|write|walk)(?: \w+)? (?:how|what|why|when|where"
        rf"|which|who|about|through"
        r"|understand|learn|(?:an?|the|some) (?:examples?|formula|equation|definition|code|difference|meaning"
        r"|steps|intuition|idea|reason|advantages?|proof|math)\b)",
    ),
]
_QUESTION = re.compile(
    r"[?？]\s*$|^(?:and |but |so |ok(?:ay)?,? |then |now |also |well,? )*(?:what|why|how|when|where|which"
    r"|who|whose|whom|is|are|was"
    r"|were|do|does|did|can|could|should|would|will|has|have|may|might|must|whats|hows|isn't|aren't|don't"
    r"|doesn't|am)\b|(?:ですか|ますか|でしょうか|教えて(?:ください|下さい)?|説明して(?:ください|下さい)?"
    r"|とは|って何)[。.\s]*$",
    re.IGNORECASE,
)
_COMMANDS = frozenset(
    re.findall(
        r"\S+",
        """
    show give open read find look get go take start run train try list check search display bring let
    make test play build write help begin launch jump please can google browse practise practice
        """,
    )
)
_COMMAND_JA = re.compile(r"(?:て|ください|下さい|たい|しろ|せよ)[。!！\s]*$")
_LEAD = re.compile(
    rf"^{_ASK}(?:show|open|read|find|look|get|go|take|start|list|search|display|bring|let|jump|check|google)"
    rf"(?: me| us| for| at| up| to| through| over)*(?: read| see)?(?: about| on)?(?: the| a| an| some)?"
    rf"(?: {_UNIT})?(?: on| about| called| named)?\s+",
    re.IGNORECASE,
)
_TRAIL_JA = re.compile(
    r"(?:の(?:セクション|章|節|レッスン))?を?(?:開いて|読んで|見せて|検索して|調べて|探して|出して)"
    r"(?:ください|下さい)?[。!！]*$"
)
