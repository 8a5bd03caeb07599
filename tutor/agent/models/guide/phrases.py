"""The Guide's own words, which state no fact about the subject, in English and Japanese."""

from __future__ import annotations

from typing import Literal

from knowledge.tokens import is_cjk

Language = Literal["en", "ja"]


def language_of(text: str) -> Language:
    """The language to speak: Japanese where the text has any Japanese letter."""
    return "ja" if is_cjk(text) else "en"


def say(phrase: str, language: Language, **values: object) -> str:
    """One of the phrases below, with its values filled in."""
    return PHRASES[phrase][language].format(**values)


PHRASES: dict[str, dict[Language, str]] = {
    "from": {"en": "From *{section}*:", "ja": "*{section}* より:"},
    "also": {"en": "And from *{section}*:", "ja": "*{section}* にも:"},
    "definition": {"en": "The definition, from *{section}*:", "ja": "定義 (*{section}*):"},
    "formula": {"en": "The formula, from *{section}*:", "ja": "数式 (*{section}*):"},
    "list": {"en": "The points, from *{section}*:", "ja": "要点 (*{section}*):"},
    "table": {"en": "The table, from *{section}*:", "ja": "表 (*{section}*):"},
    "code": {"en": "The code, from *{section}*:", "ja": "コード (*{section}*):"},
    "corrected": {"en": "(Searched for: {query})", "ja": "(検索した語: {query})"},
    "not_covered": {"en": "The course doesn't cover this.", "ja": "この内容は教材では扱っていません。"},
    "nearest": {"en": "The nearest sections are:", "ja": "近いセクション:"},
    "pick": {
        "en": "Answer with a number to open one.",
        "ja": "番号を答えると開きます。",
    },
    "empty": {
        "en": "There is no material to search yet. Add some with: tutor ingest PATH",
        "ja": "検索できる教材がまだありません。追加するには: tutor ingest PATH",
    },
    "no_kind": {
        "en": "I found no {kind} for this in the course. The closest passage:",
        "ja": "教材に該当する{kind}は見つかりませんでした。最も近い箇所:",
    },
    "not_on": {
        "en": "I found nothing on *{what}* for this in the course. The closest passage:",
        "ja": "*{what}* についての記述は教材に見つかりませんでした。最も近い箇所:",
    },
    "kind_example": {"en": "example", "ja": "例"},
    "kind_formula": {"en": "formula", "ja": "数式"},
    "kind_code": {"en": "code", "ja": "コード"},
    "kind_why": {"en": "reason", "ja": "理由"},
    "simpler": {
        "en": "I can only quote the course, not reword it. The plainest passages I find:",
        "ja": "私は教材の引用だけで、言い換えはできません。平易な箇所を引用します:",
    },
    "no_more": {
        "en": "That is all this section has on it, and I found nothing further.",
        "ja": "このセクションの内容は以上で、ほかに見つかりませんでした。",
    },
    "more_left": {
        "en": 'There is more in this section: say "more", or open the source.',
        "ja": "続きがあります。「もっと」と言うか、出典を開いてください。",
    },
    "outline": {"en": "What you can learn here:", "ja": "ここで学べる内容:"},
    "outline_more": {"en": "... and {count} more sections.", "ja": "…ほか {count} セクション。"},
    "no_section": {
        "en": "I found no section of that name.",
        "ja": "その名前のセクションは見つかりませんでした。",
    },
    "web": {"en": "From the web, not from the course:", "ja": "ウェブの結果です(教材ではありません):"},
    "web_none": {"en": "The web search found nothing.", "ja": "ウェブ検索では見つかりませんでした。"},
    "web_what": {
        "en": "What should I search the web for?",
        "ja": "ウェブで何を検索しますか?",
    },
    "which": {
        "en": "I can read that in more than one way. Do you want to:",
        "ja": "いくつかの意味に取れます。どれですか?",
    },
    "reply_number": {"en": "Answer with a number.", "ja": "番号で答えてください。"},
    "read_search": {"en": "ask the course: {text}", "ja": "教材に質問する: {text}"},
    "read_outline": {"en": "see what there is to learn", "ja": "学べる内容の一覧を見る"},
    "read_read": {"en": "open the section: {text}", "ja": "セクションを開く: {text}"},
    "read_web": {"en": "search the web for: {text}", "ja": "ウェブで検索する: {text}"},
    "read_labs": {"en": "see the labs that I can run", "ja": "実行できるラボを見る"},
    "read_practise": {"en": "get an exercise to do", "ja": "課題に取り組む"},
    "read_check": {"en": "have your solution checked", "ja": "解答をチェックする"},
    "read_hint": {"en": "get a hint for the exercise", "ja": "課題のヒントを見る"},
    "greeting": {
        "en": 'Hello! Ask me anything about the course, or say "outline" to see what is in it.',
        "ja": "こんにちは。教材について何でも質問してください。「目次」と言えば内容の一覧を見せます。",
    },
    "thanks": {
        "en": "You're welcome. What would you like to know next?",
        "ja": "どういたしまして。次は何を知りたいですか?",
    },
    "capabilities": {
        "en": (
            "I answer questions by quoting the course, and say where each quote stands. You can:\n\n"
            '- ask a question: "What is overfitting?"\n'
            '- follow up: "why?", "an example", "the formula", "more"\n'
            '- see what there is: "outline"\n'
            '- open a section: "open the section on tokenizers"\n'
            '- search the web, if you have turned it on: "search the web for ..."\n'
            '- run a lab: "train the linear classifier with bigrams on 2,000 reviews"; "list the labs"\n'
            '- ask about a run: "how is my run doing?", "explain the result", "why is it overfitting?"\n'
            '- practise: "give me an exercise", "start softmax", "check my solution" (or paste your code and'
            ' ask "is this right?"), "give me a hint", "why did it fail?"\n\n'
            "I quote only; I don't reword or make things up. A run starts only when you say yes."
        ),
        "ja": (
            "教材を引用して質問に答え、引用の出どころを示します。できること:\n\n"
            "- 質問する:「過学習とは?」\n"
            "- 続けて聞く:「なぜ?」「例は?」「数式は?」「もっと」\n"
            "- 内容の一覧を見る:「目次」\n"
            "- セクションを開く:「トークナイザのセクションを開いて」\n"
            "- ウェブ検索(設定で有効にした場合):「…をウェブで検索」\n"
            "- ラボを実行する:「線形分類器を学習させて」「ラボの一覧」\n"
            "- 実行について聞く:「実行の状況は?」「結果を説明して」「なぜ過学習しているの?」\n"
            "- 練習する:「課題を出して」「softmaxを始めて」「課題をチェックして」(またはコードを貼って"
            "「合っていますか」)「ヒントをください」「なぜ失敗したの?」\n\n"
            "引用だけを行い、言い換えや創作はしません。実行は承認されたときだけ始まります。"
        ),
    },
    "nothing_before": {
        "en": 'I don\'t know yet what that refers to. Ask about something first: "What is overfitting?"',
        "ja": "何についてのことか、まだ分かりません。まず質問してください。例:「過学習とは?」",
    },
}
