"""What the figures of the labs without curves mean, in sentences that quote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.agent.labs.figures import figure, plain
from tutor.agent.labs.words import Language

Figures = Mapping[str, Any]


def meanings(lab: str, metrics: Figures, language: Language) -> list[str]:
    """Sentences on a run's final metrics; none for a lab whose curves and scores are read by rules."""
    told = _LABS.get(lab)
    try:
        return told(metrics, language) if told else []
    except (KeyError, TypeError, ValueError, ZeroDivisionError):  # a run of another version of the lab
        return []


def _tokenizers(m: Figures, language: Language) -> list[str]:
    fertility, unknown = figure(m["fertility_wordpiece"]), _share(m["unknown_words"])
    characters, crossing = figure(m["fertility_characters"]), m["words_overtake_bert_at"]
    pieces = _share(m["unknown_wordpiece"])
    if language == "ja":
        lines = [
            f"単語のままでは、見ていない文章の {unknown} が未知語になります。",
            f"文字に分けると、1語に {characters} 個のトークンが要ります。",
            f"WordPiece はその間で、1語に平均 {fertility} 個、未知のトークンは {pieces} です。",
        ]
        if crossing:
            lines.append(f"{figure(crossing)} 件の文章で、異なる単語の数が BERT の部分語の数を超えます。")
        return lines
    lines = [
        f"Whole words leave {unknown} of the words in unseen texts unknown; characters take {characters} "
        "tokens a word.",
        f"WordPiece lies between: {fertility} pieces a word, of which {pieces} are unknown.",
    ]
    if crossing:
        lines.append(
            f"After {figure(crossing)} texts there are more different words than different pieces of BERT's "
            "vocabulary: words go on growing, pieces level off."
        )
    return lines


def _attention(m: Figures, language: Language) -> list[str]:
    heads = int(m["layers"]) * int(m["heads"])
    start, chosen = figure(m["heads_on_start"]), figure(m["chosen_entropy"])
    mean, most = figure(m["entropy"]), figure(m["largest_entropy"])
    if language == "ja":
        return [
            f"{heads} 個のヘッドのうち {start} 個は主に先頭の [CLS] を見ています。",
            "エントロピーは、注意がどれだけ広がっているかを示します。"
            f"選んだヘッドは {chosen} ビット、全体の平均は {mean} ビット、均等なら {most} ビットです。",
        ]
    return [
        f"{start} of the {heads} heads look mostly at [CLS], the mark at the start, where a head rests when "
        "nothing else concerns it.",
        f"The entropy says how widely a head spreads its attention: {chosen} bits for the chosen head, "
        f"{mean} on average, {most} if every token got the same.",
    ]


def _sampling(m: Figures, language: Language) -> list[str]:
    top, share = plain(str(m["top_token"])), _share(m["top_probability"])
    left, kept = figure(m["tokens_left"]), _share(m["probability_kept"])
    greedy, sampled = figure(m["perplexity_greedy"]), figure(m["perplexity_sampled"])
    if language == "ja":
        return [
            f"最も確率の高い次のトークンは「{top}」({share})です。設定どおりに切り捨てると {left} 個が残り、"
            f"それらは確率の {kept} を占めていました。",
            f"貪欲法の続きのパープレキシティは {greedy}、サンプリングでは平均 {sampled} です。",
        ]
    return [
        f'The likeliest next token is "{top}" with {share}. Cut as set, {left} tokens are left, which held '
        f"{kept} of the probability.",
        f"The model finds its greedy continuation less surprising (perplexity {greedy}) than the sampled "
        f"ones ({sampled} on average)."
        if float(m["perplexity_greedy"]) < float(m["perplexity_sampled"])
        else f"The greedy continuation has perplexity {greedy}, the sampled ones {sampled} on average.",
    ]


def _share(value: Any) -> str:
    return f"{100 * float(value):.1f} %"


_LABS: dict[str, Callable[[Figures, Language], list[str]]] = {
    "tokenizers": _tokenizers,
    "attention": _attention,
    "sampling": _sampling,
}
