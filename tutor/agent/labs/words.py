"""What is said about labs and runs, in English and Japanese; every figure in it comes from the run."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "ja"]


def tell(phrase: str, language: Language, **values: object) -> str:
    """One of the phrases below, with its values filled in."""
    return PHRASES[phrase][language].format(**values)


def duration(seconds: float, language: Language) -> str:
    """Seconds as a rough length of time."""
    if seconds < 1:
        return {"en": "about a second", "ja": "約1秒"}[language]
    if seconds < 100:
        return {"en": f"about {seconds:.0f} s", "ja": f"約{seconds:.0f}秒"}[language]
    if seconds < 5_400:
        return {"en": f"about {seconds / 60:.0f} min", "ja": f"約{seconds / 60:.0f}分"}[language]
    return {"en": f"about {seconds / 3_600:.1f} h", "ja": f"約{seconds / 3_600:.1f}時間"}[language]


def megabytes(amount: float) -> str:
    """MiB as a person reads it."""
    return f"{amount:,.0f} MB" if amount < 1_024 else f"{amount / 1_024:.1f} GB"


PHRASES: dict[str, dict[Language, str]] = {
    # Proposals
    "propose": {
        "en": "*{title}* (`{lab}`) on {device}: {time}, up to {memory} of memory{download}.",
        "ja": "*{title}* (`{lab}`)、{device} で{time}、メモリ最大 {memory}{download}。",
    },
    "download": {"en": ", after downloading {amount}", "ja": "、先に {amount} をダウンロード"},
    "changed": {"en": "Changed from the defaults: {settings}.", "ja": "既定値からの変更: {settings}。"},
    "unchanged": {"en": "All settings are the defaults.", "ja": "設定はすべて既定値です。"},
    "own_data": {"en": "Your own data: `{path}`.", "ja": "自分のデータ: `{path}`。"},
    "unused": {
        "en": "I found no setting for: {words}.",
        "ja": "該当する設定がない語: {words}。",
    },
    "sends": {
        "en": "It may send the reviews to the model server that you configured.",
        "ja": "設定したモデルサーバーにレビューが送られることがあります。",
    },
    "shall_i": {
        "en": 'Shall I run it? Say "yes" or "no", or what to change.',
        "ja": "実行しますか?「はい」「いいえ」、または変更点をどうぞ。",
    },
    "refused": {"en": "It cannot run as it is: {why}", "ja": "このままでは実行できません: {why}"},
    "cost": {"en": "It would take this: {sentence}", "ja": "見積もり: {sentence}"},
    "command": {"en": "To run it: {command}", "ja": "実行するには: {command}"},
    # Runs beginning, going, ended
    "started": {
        "en": "Run **{run}** has started ({lab} on {device}). It goes on by itself, even when Tutor is"
        " closed;"
        ' ask "how is my run doing?" or, once it is done, "explain the result".',
        "ja": "実行 **{run}** を開始しました ({lab}、{device})。Tutor を閉じても続きます。"
        "「実行の状況は?」や、終わったら「結果を説明して」と聞いてください。",
    },
    "declined": {
        "en": "Not run. Say what to change, or ask anything else.",
        "ja": "実行しませんでした。変更点や、ほかの質問をどうぞ。",
    },
    "no_runs": {
        "en": 'There are no runs yet. Start one, for example: "train the linear classifier".',
        "ja": "まだ実行がありません。例:「線形分類器を学習させて」",
    },
    "one_run": {
        "en": "There is only one run so far, {run}; a comparison needs two.",
        "ja": "実行はまだ {run} の一つだけです。比較には二つ必要です。",
    },
    "starting": {"en": "**{run}** is starting.", "ja": "**{run}** は開始中です。"},
    "running": {"en": "**{run}** is running{progress}.", "ja": "**{run}** は実行中です{progress}。"},
    "progress": {"en": ": {unit} {done} of {total}", "ja": "：{unit} {done} / {total}"},
    "left": {"en": ", {time} left", "ja": "、残り{time}"},
    "done": {"en": "**{run}** is done; it took {time}.", "ja": "**{run}** は完了しました（{time}）。"},
    "failed": {
        "en": "**{run}** failed: {message} {help}",
        "ja": "**{run}** は失敗しました: {message} {help}",
    },
    "cancelled": {"en": "**{run}** was cancelled.", "ja": "**{run}** は中止されました。"},
    "at_end": {"en": "At the end: {figures}.", "ja": "最後の値: {figures}。"},
    "so_far": {"en": "So far: {figures}.", "ja": "現時点: {figures}。"},
    "partial": {
        "en": "It is not done, so these are the figures so far.",
        "ja": "まだ完了していないため、途中の値です。",
    },
    # Lists
    "labs": {"en": "The labs, by lesson:", "ja": "ラボ（レッスン順）:"},
    "lab_line": {
        "en": "- **{name}** (lesson {lesson}): {about}",
        "ja": "- **{name}** (レッスン {lesson}): {about}",
    },
    "try_lab": {
        "en": 'Say, for example: "train the linear classifier with bigrams on 2,000 reviews".',
        "ja": "例:「線形分類器を2,000件のレビューでバイグラムで学習させて」",
    },
    "which_lab": {"en": "Which lab should I run?", "ja": "どのラボを実行しますか?"},
    # Results
    "result": {"en": "The figures of **{run}** ({lab}):", "ja": "**{run}** ({lab}) の結果:"},
    "data": {"en": "Data: {name} ({source}).", "ja": "データ: {name}（{source}）。"},
    "model": {"en": "Model: {name} ({source}).", "ja": "モデル: {name}（{source}）。"},
    "stand_in": {
        "en": "Model: {name} ({source}); it stands in for {real}.",
        "ja": "モデル: {name}（{source}）。{real} の代わりです。",
    },
    "seen": {"en": "What the run shows:", "ja": "この実行から分かること:"},
    "course_on": {"en": "The course on this:", "ja": "教材では:"},
    "no_result": {"en": "It has reported no figures yet.", "ja": "まだ値は報告されていません。"},
    "compared": {"en": "**{first}** against **{second}**:", "ja": "**{first}** と **{second}** の比較:"},
    "same_settings": {"en": "Their settings are the same.", "ja": "設定は同じです。"},
    "differ": {"en": "| setting | {first} | {second} |", "ja": "| 設定 | {first} | {second} |"},
    "metric_row": {
        "en": "| figure | {first} | {second} | change |",
        "ja": "| 指標 | {first} | {second} | 差 |",
    },
    "better": {"en": "Better in {names}: **{run}**.", "ja": "{names} では **{run}** の方が良い値です。"},
    # Findings: each is said of figures that stand in it
    "overfitting": {
        "en": "It overfits: `{val}` was lowest at {unit} {best_step} ({best}) and rose to {last} by {unit}"
        " {last_step},"
        " while `{train}` went on falling from {train_best} to {train_last}.",
        "ja": "過学習しています: `{val}` は {unit} {best_step} で最小 ({best}) となり、{unit} {last_step}"
        " では {last} まで"
        "上がりました。その間 `{train}` は {train_best} から {train_last} へ下がり続けています。",
    },
    "gap_only": {
        "en": "It overfits by the gap: `{gap_train}` {gap_train_value} against `{gap_val}` {gap_val_value}."
        " The"
        " validation loss does not turn, though: `{val}` ends at {last} ({unit} {last_step}), its lowest"
        " was {best}"
        " ({unit} {best_step}), and `{train}` ends at {train_last}.",
        "ja": "差から見ると過学習しています: `{gap_train}` {gap_train_value} に対し `{gap_val}`"
        " {gap_val_value}。ただし検証損失は"
        "上昇に転じていません: `{val}` の最後は {last} ({unit} {last_step})、最小は {best} ({unit}"
        " {best_step})、`{train}` の最後は"
        " {train_last} です。",
    },
    "no_overfitting": {
        "en": "The curve does not show overfitting: `{val}` ends at {last} ({unit} {last_step}), its lowest"
        " was {best}"
        " ({unit} {best_step}), and `{train}` ends at {train_last}.",
        "ja": "曲線に過学習は見られません: `{val}` の最後は {last} ({unit} {last_step})、最小は {best}"
        " ({unit} {best_step})、"
        "`{train}` の最後は {train_last} です。",
    },
    "smoothed": {
        "en": "(`{name}` goes up and down on its way: the values here are means over a twentieth of the"
        " run.)",
        "ja": "（`{name}` は上下に揺れるため、ここでは実行の二十分の一ごとの平均です。）",
    },
    "gap": {
        "en": "`{gap_train}` is {gap_train_value} on what it was trained on, `{gap_val}` {gap_val_value} on"
        " the rest.",
        "ja": "訓練データでは `{gap_train}` {gap_train_value}、それ以外では `{gap_val}` {gap_val_value}"
        " です。",
    },
    "no_curve": {
        "en": "This run drew no pair of training and validation curves, so overfitting cannot be read from"
        " it.",
        "ja": "この実行には訓練と検証の曲線の組がないため、過学習は読み取れません。",
    },
    "underfitting": {
        "en": "It underfits: `{train}` is still {train_last} at the end (it began at {train_first}) and"
        " `{val}` is"
        " {val_last}; both are high.",
        "ja": "学習不足です: `{train}` は最後でも {train_last}（最初は {train_first}）、`{val}` は"
        " {val_last} で、どちらも高いままです。",
    },
    "no_underfitting": {
        "en": "The curve does not show underfitting: `{train}` fell from {train_first} to {train_last}.",
        "ja": "曲線に学習不足は見られません: `{train}` は {train_first} から {train_last} へ下がりました。",
    },
    "diverged": {
        "en": "The loss broke down: `{train}` was {first} at {unit} {first_step} and no number any more at"
        " {unit} {step}."
        " A learning rate that is too high does that; here it was {rate}.",
        "ja": "損失が発散しました: `{train}` は {unit} {first_step} で {first}、{unit} {step}"
        " では数でなくなりました。"
        "学習率が高すぎるとこうなります。今回は {rate} です。",
    },
    "too_high": {
        "en": "The learning rate looks too high: `{train}` rose from {lowest} ({unit} {lowest_step}) to"
        " {last} ({unit}"
        " {last_step}) with a learning rate of {rate}.",
        "ja": "学習率が高すぎるようです: 学習率 {rate} で、`{train}` は {lowest} ({unit} {lowest_step})"
        " から {last} ({unit}"
        " {last_step}) に上がりました。",
    },
    "rate_fine": {
        "en": "The learning rate does not look too high: `{train}` fell from {first} to {last} with a"
        " learning rate"
        " of {rate}.",
        "ja": "学習率が高すぎる様子はありません: 学習率 {rate} で、`{train}` は {first} から {last}"
        " に下がりました。",
    },
    "plateau": {
        "en": "It has levelled off: since {unit} {since} `{name}` moved only from {then} to {last}.",
        "ja": "頭打ちです: {unit} {since} 以降、`{name}` は {then} から {last} までしか動いていません。",
    },
    "no_plateau": {
        "en": "It has not levelled off: in the last third `{name}` still went from {then} ({unit} {since})"
        " to {last}.",
        "ja": "頭打ちではありません: 最後の三分の一でも `{name}` は {then} ({unit} {since}) から {last}"
        " へ動いています。",
    },
    "still_falling": {
        "en": "It was still improving when it stopped: `{name}` went from {then} ({unit} {since}) to {last}"
        " at the end.",
        "ja": "まだ改善の途中で終わりました: `{name}` は {then} ({unit} {since}) から最後の {last}"
        " まで動いています。",
    },
    "above_baseline": {
        "en": "`{name}` is {value}; the baselines reach {baselines}.",
        "ja": "`{name}` は {value}、ベースラインは {baselines} です。",
    },
    "below_baseline": {
        "en": "`{name}` is {value}, no better than a baseline: {baselines}.",
        "ja": "`{name}` は {value} で、ベースライン ({baselines}) を上回っていません。",
    },
    "score": {"en": "`{name}` is {value}.", "ja": "`{name}` は {value} です。"},
    "confusion": {
        "en": "The pair it mixes up most: {count} of {of} whose true class is {truth} were taken for"
        " {predicted}.",
        "ja": "最も混同した組: 正解が {truth} の {of} 件のうち {count} 件を {predicted} と判定しました。",
    },
    "parsed_only": {
        "en": "(Replies that could not be read as an answer are not counted here.)",
        "ja": "（答えとして読み取れなかった返答は含みません。）",
    },
    "unparsed": {
        "en": "With the prompt {prompt}, {share} % of the replies could not be read as an answer; they"
        " count as"
        " wrong, so its accuracy says more of the form of the replies than of the judgement.",
        "ja": "プロンプト {prompt} では、返答の {share} % が答えとして読み取れず、誤りと数えられています。"
        "その正解率は判断より返答の形式を表しています。",
    },
    "no_confusion": {
        "en": "This run has no confusion matrix with a mistake in it.",
        "ja": "この実行には、誤りを含む混同行列がありません。",
    },
    "misread": {"en": "Some that it misread:", "ja": "間違えた例:"},
    "misread_item": {
        "en": "- true **{truth}**, taken for **{predicted}**{score}: “{text}”",
        "ja": "- 正解 **{truth}**、判定 **{predicted}**{score}：「{text}」",
    },
    "no_misread": {
        "en": "This run kept no misread examples.",
        "ja": "この実行には、間違えた例が残っていません。",
    },
    "no_words": {"en": "This run kept no chart of words.", "ja": "この実行には、単語の図が残っていません。"},
    # What to try next
    "next": {"en": "Worth trying next:", "ja": "次に試すとよいこと:"},
    "nothing_next": {
        "en": "Nothing in these figures asks for a change. Change one setting at a time and compare the"
        " runs.",
        "ja": "この値からは、特に変えるべき点は見当たりません。設定を一つずつ変えて比べてください。",
    },
    "no_figures_next": {
        "en": "This lab shows how something works rather than training it: run it again with another"
        " {names}.",
        "ja": "このラボは学習ではなく仕組みを見せるものです。{names} を変えてもう一度実行してみてください。",
    },
    "why_overfitting": {"en": "it overfits", "ja": "過学習のため"},
    "why_underfitting": {"en": "it underfits", "ja": "学習不足のため"},
    "why_rate": {"en": "the loss rises", "ja": "損失が上がるため"},
    "why_still_falling": {"en": "it was still improving", "ja": "まだ改善中のため"},
    "why_baseline": {"en": "it is no better than a baseline", "ja": "ベースラインを上回らないため"},
    "why_plateau": {"en": "it has levelled off", "ja": "頭打ちのため"},
    "why_vary": {"en": "another way to look at it", "ja": "別の見方を試すため"},
    "pick": {"en": "Answer with a number to have it proposed.", "ja": "番号を答えると提案します。"},
}
