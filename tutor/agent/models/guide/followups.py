"""What a short message means after what was said before: "why?", "an example", "and in PyTorch?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from knowledge.tokens import STOP_WORDS, content_terms, is_cjk, words
from tutor.agent.history import split_turns
from tutor.agent.models.guide.quoting import VAGUE
from tutor.agent.turn import ShownPassage

Want = Literal["", "more", "example", "formula", "code", "simpler", "why"]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the turns before this one leave to refer to.

    `topic` is the last question, itself resolved; `near` the passage that answered it first, `seen`
    all that were quoted on this topic, `passages` those of the last answer by number; `offers` the
    readings offered in the last answer only.
    """

    topic: str = ""
    want: Want = ""
    passages: dict[int, ShownPassage] = field(default_factory=dict)
    near: str = ""
    seen: tuple[str, ...] = ()
    offers: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A follow-up in full: what to search for, what kind of passage is wanted, what it is now about.

    `must` is what the passages have to be about besides ("PyTorch"); `fresh` says that the topic changed.
    """

    query: str
    topic: str
    want: Want = ""
    must: str = ""
    fresh: bool = False


def recall(messages: Sequence[AnyMessage]) -> Memory:
    """What the earlier turns of `messages` (the last turn is the current one) leave to refer to."""
    earlier = split_turns(messages)[:-1]
    offers: tuple[dict[str, str], ...] = ()
    if earlier:
        offers = tuple(_notes(earlier[-1]).get("offers", ()))
    for turn in reversed(earlier[-4:]):
        passages = {
            passage["n"]: passage
            for message in turn
            if isinstance(message, ToolMessage) and isinstance(message.artifact, dict)
            for passage in message.artifact.get("passages", ())
        }
        notes = _notes(turn)
        if notes.get("topic"):
            return Memory(
                notes["topic"],
                notes.get("want", ""),
                passages,
                notes.get("near", ""),
                tuple(notes["seen"]),
                offers,
            )
        if passages and isinstance(turn[0], HumanMessage) and not notes:  # an LLM answered this one
            shown = tuple(passage["passage_id"] for passage in passages.values())
            return Memory(turn[0].text, "", passages, shown[0], shown, offers)
    return Memory(offers=offers)


def resolve(message: str, memory: Memory) -> Resolved | None:
    """The follow-up in full; None where the message stands on its own. Needs a topic in `memory`."""
    text = " ".join(message.split())
    if len(text) > LONGEST:
        return None
    topic, about = memory.topic, subject(memory.topic)
    want: Want
    for want, pattern in _WANTS:
        if pattern.match(text):
            extra = _EXTRA[1 if is_cjk(topic) else 0].get(want, "")
            return Resolved(f"{extra} {about}".strip(), topic, want)
    if found := _WHY.match(text):
        if found.group("why") or found.group("why_ja"):
            return Resolved(f"{'なぜ' if is_cjk(topic) else 'why'} {about}", topic, "why")
        query = f"どのように {about}" if is_cjk(topic) else f"how does {about} work"
        return Resolved(query, query)
    if found := _IN.match(text):
        where = found.group("en") or found.group("ja")
        want = "code" if where.lower() in _FRAMEWORKS else ""
        return Resolved(f"{about} {where}", topic, want, must=where)
    if found := _ABOUT.match(text):
        other = (found.group("en") or found.group("and") or found.group("ja")).strip()
        if content_terms(other):
            swapped = _swapped(topic, other)
            want = memory.want if memory.want in ("example", "formula", "code") else ""
            return Resolved(swapped, swapped, want, fresh=True)
    if _refers_back(text):
        joined = f"{text.rstrip('?？。. ')} ({about})"
        return Resolved(joined, joined)
    return None


def is_elliptic(message: str) -> bool:
    """Whether the message means nothing without something said before ("why?", "an example")."""
    text = " ".join(message.split())
    return any(pattern.match(text) for _, pattern in _WANTS) or _WHY.match(text) is not None


def choice(message: str) -> int:
    """The number a person picked from a list (1 for "1.", "the first one"); 0 where it is no pick."""
    found = _CHOICE.match(" ".join(message.split()).lower())
    if not found:
        return 0
    word = found.group("word")
    return _ORDINALS.get(word) or int(word)


def source_to_open(message: str) -> int:
    """n of "open source 2" or "read [2]"; 0 where the message is something else."""
    found = _OPEN.match(" ".join(message.split()))
    return int(found.group("n") or found.group("ja")) if found else 0


def subject(question: str) -> str:
    """What a question is about, without its asking words."""
    if is_cjk(question):
        return _ASKING_JA.sub("", question).strip() or question
    kept = [word for word in re.findall(r"[^\s?？!.,;:()]+", question) if word.lower() not in _ASKING]
    return " ".join(kept) or question


def _swapped(topic: str, other: str) -> str:
    """The question of before, asked of something else, where it was about one thing; else that thing."""
    if is_cjk(topic):
        about = subject(topic)
        return topic.replace(about, other, 1) if about != topic and is_cjk(other + topic) else other
    runs = re.findall(r"[^?？!.,;:()]+", topic)
    if len(runs) == 1:
        tokens = topic.rstrip("?？!. ").split()
        places = [i for i, token in enumerate(tokens) if token.lower() not in _ASKING]
        if places and places[-1] - places[0] == len(places) - 1 and places[0] > 0:
            return " ".join([*tokens[: places[0]], other, *tokens[places[-1] + 1 :]]) + "?"
    return other


def _refers_back(text: str) -> bool:
    if is_cjk(text):
        return len(text) <= 30 and _POINTER_JA.search(text) is not None
    if len(words(text)) > 14 or _OWN_THINGS.search(text) or not _POINTER.search(text):
        return False
    return len([term for term in content_terms(text) if term not in VAGUE]) <= 2


def _notes(turn: Sequence[AnyMessage]) -> dict[str, Any]:
    """What the Guide wrote down with its answer, where it was the Guide's."""
    for message in reversed(turn):
        if isinstance(message, AIMessage) and not message.tool_calls:
            notes = message.additional_kwargs.get("guide")
            return notes if isinstance(notes, dict) else {}
    return {}


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


LONGEST = 200
"""Characters; a longer message says itself what it is about."""
_POLITE = r"(?:and |but |so |ok(?:ay)?,? |now |then |please |can you |could you |just |also )*"
_GIVE = (
    r"(?:(?:give|show|tell|get|i want|i need|i'd like|do you have|have you got|got|is there|are there"
    r"|what is|what's|what are|what would be|where is|where's|how about|what about|with|see)(?: me| us)? )?"
)
_SOME = (
    r"(?:(?:an?|one|some|another|the|any|more|its|full|whole|exact|actual|simple|concrete|real|good|short) )*"
)
_OF = r"(?: (?:of|for|on|about|behind|to) (?:that|this|it|them|those|these))?(?: please| then)?\W*$"
_ASK_JA = (
    r"(?:は|を|が|で|も)?(?:見せて|教えて|示して|挙げて|出して|ください|下さい|ありますか|ある|お願いします"
    r"|何ですか|知りたい|説明して)*\W*$"
)

_WANTS: list[tuple[Want, re.Pattern[str]]] = [
    ("example", _compiled(rf"^{_POLITE}{_GIVE}{_SOME}(?:worked |real-world )?(?:examples?|instances?){_OF}")),
    ("example", _compiled(r"^(?:and )?(?:for example|for instance|such as|like what|e\.g\.?)\W*$")),
    ("example", _compiled(rf"^(?:何か)?(?:具体)?(?:的な)?例(?:えば)?{_ASK_JA}")),
    (
        "formula",
        _compiled(rf"^{_POLITE}{_GIVE}{_SOME}(?:formulas?|formulae|equations?|maths?|mathematics){_OF}"),
    ),
    ("formula", _compiled(rf"^(?:数式|式|公式|計算式){_ASK_JA}")),
    (
        "code",
        _compiled(rf"^{_POLITE}{_GIVE}{_SOME}(?:source )?(?:code|code example|implementation|snippet){_OF}"),
    ),
    (
        "code",
        _compiled(
            rf"^{_POLITE}(?:in code|how (?:do|would|can) (?:i|you|we) (?:code|implement|write) (?:it|that"
            rf"|this))\W*$"
        ),
    ),
    ("code", _compiled(rf"^(?:コード|実装|ソース)(?:例)?{_ASK_JA}")),
    (
        "more",
        _compiled(
            rf"^{_POLITE}(?:(?:tell|show|give|say|explain)(?: me)? )?(?:(?:a bit|some|a little|in|any|much)"
            rf" )*"
            r"(?:more|further|deeper)(?: details?| info| information| depth| about| on| of)*(?: that| this|"
            r" it| them)?"
            r"(?: please)?\W*$"
        ),
    ),
    (
        "more",
        _compiled(
            rf"^{_POLITE}(?:go on|go deeper|continue|carry on|keep going|elaborate|expand(?: on (?:that"
            rf"|this|it))?|details?"
            r"|in detail|what else|anything else|next|tell me everything)(?: please)?\W*$"
        ),
    ),
    (
        "more",
        _compiled(
            r"^(?:もっと|もう少し|さらに)?(?:詳しく|続き|続けて|ほかには|他には|もっと|さらに|それから)"
            + _ASK_JA
        ),
    ),
    (
        "simpler",
        _compiled(
            rf"^{_POLITE}(?:(?:explain|say|put|describe|rephrase|reword|make)(?: it| that| this| me)*(?:"
            rf" again)? ?)?"
            r"(?:(?:in|a bit|a little|much|more|even|using|with) )*(?:simpler|simply|simple|easier|easy"
            r"|plainly|plain|other|fewer)"
            r"(?: (?:words|terms|english|language|way|explanation))?(?: please)?\W*$"
        ),
    ),
    (
        "simpler",
        _compiled(
            r"^(?:eli5|rephrase(?: it| that| this)?|(?:sorry,? )?i (?:still )?(?:don't|do not|didn't) "
            r"(?:get|understand)(?: it| that| this)?|what do you mean)\W*$"
        ),
    ),
    (
        "simpler",
        _compiled(r"^(?:explain )?(?:it |that |this )?(?:to me )?like i'?m (?:five|5|a child|ten)\W*$"),
    ),
    (
        "simpler",
        _compiled(r"^(?:もっと|もう少し)?(?:簡単に|わかりやすく|分かりやすく|やさしく|易しく)" + _ASK_JA),
    ),
    (
        "simpler",
        _compiled(
            r"^(?:よく)?(?:わからない|分からない|わかりません|分かりません|意味がわからない)(?:です)?\W*$"
        ),
    ),
]
_WHY = _compiled(
    rf"^{_POLITE}(?:(?P<why>why|how come|what for|what's the reason)|how)"
    r"(?: (?:is|does|do|are|was|should|would)? ?(?:that|this|it|they|so|exactly|not|i care|we))?"
    r"(?: (?:so|true|the case|work|works|happen|matter|important|help|needed|done|bother|care))*\W*$"
    r"|^(?:(?P<why_ja>なぜ|何故|なんで|どうして)|どのように|どうやって)(?:ですか|なの|なのですか|でしょうか"
    r"|そうなる(?:の|のですか|んですか)?)?\W*$"
)
_IN = _compiled(
    rf"^{_POLITE}(?:(?:what|how) about )?(?:in|with|using) (?P<en>[^?？!.,]{{2,40}}?)(?: then| instead)?\W*$"
    r"|^(?P<ja>[^\s、。?？]{1,20}?)(?:では|だと|の場合は|でやると|を使うと)(?:どう(?:ですか|なりますか"
    r"|なる)?)?[?？。]*$"
)
_ABOUT = _compiled(
    r"^(?:and |but |so |ok(?:ay)?,? |then )*(?:what|how) about (?P<en>[^?？!]{2,60}?)(?: then)?\W*$"
    r"|^(?:and|or) (?P<and>(?!what|why|how|when|is|are|do|does|can|if)\w[\w -]{1,40}?)\W*$"
    r"|^(?:じゃあ|では|それでは|で、)?、?(?P<ja>[^\s、。?？何誰どなのがをに]{1,12}?)(?:は|については|についてはどう"
    r"(?:ですか)?|はどう(?:ですか|なる)?)[?？]*$"
)
_POINTER = _compiled(
    r"\b(?:it|its|they|them|their|those|these)\b"
    r"|\b(?:this|that)\b(?=\W*$|[,;]| (?:is|was|does|do|did|work|works|mean|means|help|helps|matter|happen"
    r"|happens|happening"
    r"|called|so|needed|done|used|useful|different|better|worse|still|also|always|really)\b)"
    r"|\b(?:this|that|such an?|the same) (?:method|technique|approach|idea|model|algorithm|formula|way"
    r"|trick|step|one|term|metric"
    r"|loss|function|layer|example|code|thing|number|value|parameter|problem)\b"
)
_POINTER_JA = re.compile(r"それ|これ|その|この|そう(?:する|すると|なる)|あれ")
_OWN_THINGS = _compiled(r"\b(?:this|the|your) (?:course|tutor|app|program|material|tool)\b")
_ASKING = STOP_WORDS | frozenset(
    re.findall(
        r"\S+",
        """
    defined define computed compute calculated calculate measured measure trained tell give show work
    works stand stands important purpose point meaning definition works.
        """,
    )
)
_ASKING_JA = re.compile(
    r"(?:(?:とは|って|は)?(?:一体)?(?:何|なん|なに|どういう(?:もの|意味|こと)|どう(?:いうこと)?)?(?:ですか"
    r"|でしょうか|なのですか|か)?"
    r"|(?:について|を|の(?:意味|定義)を)(?:教えて|説明して)(?:ください|下さい)?|とは)[?？。\s]*$"
)
_FRAMEWORKS = frozenset(
    re.findall(
        r"\S+",
        """
    pytorch torch python tensorflow keras sklearn scikit-learn numpy jax code pandas transformers ray
    コード パイトーチ
        """,
    )
)
_EXTRA: tuple[dict[Want, str], dict[Want, str]] = (
    {"example": "example of", "formula": "formula for", "code": "code for"},
    {"example": "例", "formula": "数式", "code": "コード"},
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "一": 1, "二": 2, "三": 3, "one": 1, "two": 2, "three": 3}
_CHOICE = re.compile(
    r"^(?:the |option |number |no\.? ?|#)?\(?(?P<word>[1-9]|first|second|third|one|two|three|[一二三])"
    r"(?:番目?|つ目)?\)?\.?"
    r"(?: one| option| section)?(?: please)?(?:を(?:開いて)?|で)?\W*$"
)
_OPEN = _compiled(
    r"^(?:open|read|show)(?: me)?(?: the)?(?: (?:source|passage|quote|number))? ?[\[［#]?"
    r"(?P<n>\d{1,2})[\]］]?\W*$"
    r"|^(?:出典|引用)?[\[［]?(?P<ja>\d{1,2})[\]］]?(?:番)?を(?:開いて|読んで|見せて)\W*$"
)
