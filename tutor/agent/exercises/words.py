"""What is said about exercises, in English and Japanese; every verdict in it comes from the check."""

from __future__ import annotations

from knowledge.tokens import is_cjk
from tutor.agent.exercises.code import split_code
from tutor.agent.labs.words import Language


def tell(phrase: str, language: Language, **values: object) -> str:
    """One of the phrases below, with its values filled in."""
    return PHRASES[phrase][language].format(**values)


def language_of(message: str) -> Language:
    """The language to speak: that of the person's own words, whatever the comments of their code are in."""
    pasted = split_code(message)
    return "ja" if is_cjk(pasted.prose or pasted.code) else "en"


def at_most(seconds: int, language: Language) -> str:
    """A time budget in words."""
    if seconds < 120:
        return {"en": f"{seconds} seconds", "ja": f"{seconds}秒"}[language]
    minutes = -(-seconds // 60)
    return {"en": f"{minutes} minutes", "ja": f"{minutes}分"}[language]


PHRASES: dict[str, dict[Language, str]] = {
    # Verdicts
    "passed_line": {
        "en": "✓ `{id}` passed: all {total} checks hold.",
        "ja": "✓ `{id}` 合格: {total}項目のチェックすべてに通りました。",
    },
    "failed_line": {
        "en": "✗ `{id}` did not pass yet: {held} of {total} checks hold.",
        "ja": "✗ `{id}` はまだ合格していません: {total}項目中{held}項目に通りました。",
    },
    "left_out": {"en": "not run", "ja": "未実行"},
    "more_failures": {
        "en": "{count} more did not hold; mend these first.",
        "ja": "ほかに{count}項目が通っていません。まず上の点を直してください。",
    },
    "printed": {"en": "Your code printed:", "ja": "コードの出力:"},
    "explanation": {"en": "What there is to see in it:", "ja": "この課題の要点:"},
    "again": {
        "en": "When you have changed your code, have it checked again.",
        "ja": "コードを直したら、もう一度チェックしてください。",
    },
    "again_file": {
        "en": 'When you have changed your file, say "check it again".',
        "ja": "ファイルを直したら「もう一度チェック」と言ってください。",
    },
    "again_pasted": {
        "en": "When you have changed your code, paste it again.",
        "ja": "コードを直したら、もう一度貼ってください。",
    },
    "hints_left": {
        "en": 'For help say "hint" ({shown} of 3 shown).',
        "ja": "困ったら「ヒント」と言ってください(3つ中{shown}つ表示済み)。",
    },
    "no_hints_left": {
        "en": "All 3 hints have been shown.",
        "ja": "ヒントは3つとも表示済みです。",
    },
    "imports_added": {
        "en": "The starter's imports were put above your code: {names}.",
        "ja": "ひな形の import をコードの前に補いました: {names}。",
    },
    "next": {
        "en": 'Next: **{title}** (`{id}`, lesson {lesson}, about {minutes} min). Say "start it".',
        "ja": "次: **{title}** (`{id}`、レッスン{lesson}、約{minutes}分)。「始めて」と言えば始めます。",
    },
    "all_passed": {
        "en": "Every exercise is passed. There is nothing left to practise here.",
        "ja": "すべての課題に合格しています。残っている課題はありません。",
    },
    "none_there": {"en": "There are no exercises here.", "ja": "課題がありません。"},
    # Lists
    "list": {"en": "The exercises ({passed} of {of} passed):", "ja": "課題の一覧({of}件中{passed}件合格):"},
    "list_lesson": {
        "en": "The exercises of lesson {lesson} ({passed} of {of} passed):",
        "ja": "レッスン{lesson}の課題({of}件中{passed}件合格):",
    },
    "list_none": {"en": "No exercise is like that.", "ja": "該当する課題はありません。"},
    "list_line": {
        "en": "- {mark} `{id}` {title} (about {minutes} min{trains})",
        "ja": "- {mark} `{id}` {title}(約{minutes}分{trains})",
    },
    "in_lesson": {"en": "**Lesson {lesson}**", "ja": "**レッスン{lesson}**"},
    "trains": {"en": ", its check trains", "ja": "、チェックで学習を実行"},
    "marks": {
        "en": '✓ passed, ✗ failing, ○ started, · new. Say "start" and a name to begin one.',
        "ja": "✓ 合格、✗ 未合格、○ 開始済み、· 未着手。「(名前)を始めて」で始められます。",
    },
    "no_such_lesson": {
        "en": "Lesson {lesson} has no exercises. Lessons that have some: {lessons}.",
        "ja": "レッスン{lesson}に課題はありません。課題のあるレッスン: {lessons}。",
    },
    "progress": {
        "en": "You have passed {passed} of {of} exercises. For each concept: `tutor progress`.",
        "ja": "{of}件中{passed}件の課題に合格しています。概念ごとの習熟度: `tutor progress`。",
    },
    # One to do
    "propose_new": {"en": "Here is one for you:", "ja": "次の課題はこちらです:"},
    "propose_begun": {"en": "You are at this one:", "ja": "取り組み中の課題:"},
    "propose_on": {"en": "On that there is:", "ja": "この内容の課題:"},
    "nothing_on": {
        "en": "I found no exercise on that. This one is next:",
        "ja": "その内容の課題は見つかりませんでした。次の課題:",
    },
    "card": {
        "en": "**{title}** (`{id}`, lesson {lesson}, about {minutes} min): {about}",
        "ja": "**{title}** (`{id}`、レッスン{lesson}、約{minutes}分): {about}",
    },
    "offer_start": {
        "en": "{place}. start `{id}`",
        "ja": "{place}. `{id}` を始める",
    },
    "offer_check": {
        "en": "{place}. check it as `{id}`",
        "ja": "{place}. `{id}` としてチェックする",
    },
    "pick": {"en": "Answer with a number.", "ja": "番号で答えてください。"},
    "started": {
        "en": "The starter is in `{path}`. Write it there in your editor, or paste your code here.",
        "ja": "ひな形を `{path}` に書きました。エディタで編集するか、コードをここに貼ってください。",
    },
    "there": {
        "en": "Your file is `{path}`, as you left it.",
        "ja": "ファイルは `{path}` にあります(そのまま残っています)。",
    },
    "how_to_check": {
        "en": 'When you are done, say "check my solution" (or: `tutor check {id}`); for help say "hint".',
        "ja": "できたら「チェックして」(または `tutor check {id}`)、困ったら「ヒント」と言ってください。",
    },
    "how_to_check_training": {
        "en": 'Its check trains for up to {time}: `tutor check {id}`. For help say "hint".',
        "ja": "チェックでは最大{time}の学習を実行します: `tutor check {id}`。"
        "困ったら「ヒント」と言ってください。",
    },
    # What cannot be checked here
    "unchecked": {
        "en": "The check of `{id}` trains a model and takes up to {time}, so I don't start it from the"
        " conversation. Run it with `{command}`, or on the exercise's page in the app.",
        "ja": "`{id}` のチェックはモデルを学習させるため最大{time}かかります。会話からは始めません。"
        "`{command}`、またはアプリの課題画面で実行してください。",
    },
    "unchecked_pasted": {
        "en": "It checks the file `{path}`: put your code there first.",
        "ja": "対象はファイル `{path}` です。先にコードをそこへ保存してください。",
    },
    "not_started": {
        "en": 'There is no file of yours for `{id}` yet. Say "start {id}", or paste your code here.',
        "ja": "`{id}` のファイルがまだありません。「{id}を始めて」と言うか、コードをここに貼ってください。",
    },
    "ambiguous": {
        "en": "The names in this code fit more than one exercise. Which one is it for?",
        "ja": "このコードの名前は複数の課題に当てはまります。どの課題ですか?",
    },
    "fits_none": {
        "en": "This code defines nothing that an exercise asks for. Name the exercise that it is"
        " for, or use"
        " the names that its task gives.",
        "ja": "このコードには課題が求める名前がありません。どの課題のコードかを言うか、"
        "課題文にある名前を使ってください。",
    },
    # Hints
    "hint": {"en": "**Hint {rung} of {of}: {title}**", "ja": "**ヒント {rung}/{of}: {title}**"},
    "hint_for": {"en": "For `{id}`:", "ja": "`{id}` のヒント:"},
    "more_hints": {
        "en": 'Try it with that first; then say "check my solution", or "another hint".',
        "ja": "まず試してから「チェックして」、または「次のヒント」と言ってください。",
    },
    "last_hint": {
        "en": "That was the last hint.",
        "ja": "これが最後のヒントです。",
    },
    "no_more_hints": {
        "en": 'All {of} hints for `{id}` have been shown. Say "show me the hints again" to read them.',
        "ja": "`{id}` のヒントは{of}つとも表示済みです。「もう一度ヒントを見せて」で読み返せます。",
    },
    "no_hints_yet": {
        "en": 'No hint for `{id}` has been shown yet. Say "give me a hint" for the first.',
        "ja": "`{id}` のヒントはまだ表示していません。「ヒント」と言えば最初のヒントを出します。",
    },
    # The solution
    "no_solution": {
        "en": "I don't have the solution of `{id}`, so I can't show it.",
        "ja": "`{id}` の解答は私の手元にないため、お見せできません。",
    },
    "ladder": {
        "en": "Hints shown so far: {shown} of {of}.",
        "ja": "これまでに表示したヒント: {of}つ中{shown}つ。",
    },
    "on_the_ladder": {
        "en": 'Say "give me a hint" for the next one. After passing, or after all {of}, you can see it with'
        " `tutor exercise solution {id}` or on the exercise's page in the app.",
        "ja": "次のヒントは「ヒント」と言ってください。合格後、または{of}つすべてのヒントの後に、"
        "`tutor exercise solution {id}` かアプリの課題画面で見られます。",
    },
    "off_the_ladder": {
        "en": "You may see it: `tutor exercise solution {id}`, or on the exercise's page in the app.",
        "ja": "解答を見られます: `tutor exercise solution {id}`、またはアプリの課題画面。",
    },
    # Failures
    "failed_because": {
        "en": "The last check of `{id}`: {held} of {total} checks held. What did not:",
        "ja": "`{id}` の前回のチェックは{total}項目中{held}項目に通りました。通らなかった点:",
    },
    "course_on": {"en": "The course on this:", "ja": "教材の説明:"},
    "nothing_unchecked": {
        "en": '`{id}` has not been checked yet. Say "check my solution" first.',
        "ja": "`{id}` はまだチェックしていません。先に「チェックして」と言ってください。",
    },
    "nothing_passed": {
        "en": "The last check of `{id}` passed: nothing failed.",
        "ja": "`{id}` の前回のチェックは合格でした。失敗はありません。",
    },
    "quiz": {
        "en": "Quizzes run outside the conversation: `tutor quiz`. I can give you an exercise here: say"
        ' "give me an exercise".',
        "ja": "クイズは会話の外で行います: `tutor quiz`。ここでは課題を出せます。"
        "「課題を出して」と言ってください。",
    },
}
