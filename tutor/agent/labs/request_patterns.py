"""The patterns by which requests are told from questions; all are of lower-case text in one line."""

from __future__ import annotations

import re
from typing import Literal

About = Literal[
    "", "overfitting", "underfitting", "learning_rate", "plateau", "accuracy", "confusion", "misread", "wor"
    "ds",
    "next", "loss",
]  # fmt: skip


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_POLITE = (
    r"(?:(?:ok(?:ay)?|now|then|and|so|great|good|please|hey|hi|tutor|well|right|alright|also|next),? )*"
    r"(?:(?:can|could|would|will) (?:you|we) (?:please |now |just |also )*|let's (?:now |just )?|lets |let"
    r" us |let me "
    r"|i(?:'d| would) (?:like|love) (?:you )?to |i want (?:you )?to |i wanna |i need (?:you )?to |please "
    r"|go ahead and |go (?:and )?(?=train|run|start|fine)|help me (?:to )?|try to )*"
)
_VERB = (
    r"(?:train|retrain|re-train|run|rerun|re-run|start|launch|execute|fine[- ]?tune|fit|repeat|try(?: out)?"
    r"|test out|evaluate|begin|kick off|sample|generate|tokeni[sz]e|classify|teach|rate|judge|continue"
    r"|pre-?train|experiment with|play with|do a run of|zero[- ]?shot classify|do (?:it|that|this) (?:again"
    r"|once more"
    r"|over)"
    r"|(?:ask|have|let|get|make) (?:the |an? |your )?(?:small )?(?:llm|language model) (?:to )?(?=classif"
    r"|rate|judge"
    r"|label|grade))"
)
# These order a run only where something to show is named with them: "show attention" may be a question.
_SHOWING = r"(?:show|see|use|apply|compute|split|visuali[sz]e|plot|draw|do|transfer)"
_SHOWN = (
    r'(?=.*(?:"|\blab\b|\bweights\b|heat ?map|\bmaps?\b|\bboundary\b|sentence:|\blayer \d'
    r"|\bhead \d|\bcircles\b))"
)
# "train loss", "test set", "run time" and the like are things, not orders.
_THING = (
    r"(?![- ](?:loss|losses|error|errors|accuracy|set|sets|split|splits|data|time|times|curve|curves|size"
    r"|versus|vs|and|or|test|validation|step|steps|phase)\b)"
)
ORDER = re.compile(
    rf"^\W*{_POLITE}(?:{_VERB}\b{_THING}|{_SHOWING}\b{_SHOWN}|(?:once )?again\b|the same\b"
    r"|same (?:again|run|thing|lab|settings|but|as before)\b)"
)
ORDER_JA = re.compile(
    r"(?:して|させて|させよう|走らせて|動かして|試して|始めて|やって|見せて|書いて|分けて"
    r"|(?:を|で|再)実行|で学習|で訓練)(?:みて|みよう|みたい)?"
    r"(?:ください|下さい|くれ|くれる|もらえますか|もらえる|もらえませんか|くれますか|ほしい|欲しい"
    r"|くださいませんか)?"
    r"(?:です)?[。!\s]*$"
    r"|(?:したい|させたい|走らせたい|動かしたい|試したい|やりたい|しよう|始めたい|見たい)(?:です|のですが"
    r"|んですが)?[。!\s]*$"
    r"|(?:学習|訓練|トレーニング|実行|生成|可視化|評価)(?:を)?(?:お願い(?:します)?|開始|スタート|頼む"
    r"|たのむ)[。!\s]*$"
    r"|(?:する|せよ|しろ|させろ)[。!\s]*$"
)
QUOTES = re.compile(r'"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』')
# Signs that the sentence asks or wants an explanation, whatever verbs are in it.
ASKING = _all(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|well),? )*(?:what|why|how|when|where|which|who|whose|is|are|was|were"
    r"|does|did|has"
    r"|have(?! (?:the |an? |your )?(?:small )?(?:llm|language model)\b)|should|may|might|must|do (?:i|we"
    r"|you|they|the|people)|can (?:i|it|one|a|the|they)|could (?:i|it"
    r"|one|a|the)"
    r"|would (?:it|a|the|more|i)|will (?:it|the|a|more|i))\b",
    r"\b(?:explain|describe|define|tell me|teach me|understand|learn (?:how|about|what|why)|know (?:how"
    r"|what|why|about)"
    r"|difference between|summari[sz]e|remind me|definition|meaning of|an? example of|formula|code for"
    r"|show (?:me |us )?(?:how|what|why|when|where|which|code|the (?:code|steps|formula|lesson|section"
    r"|chapter|part"
    r"|outline)))\b",
    r"\b(?:section|chapter|lesson \d|passage|source \d)\b",
    r"(?:方法|仕組み|やり方|手順|意味|理由|違い|とは|について|教えて|説明|なぜ|どう(?:やって|すれば|して"
    r"|なる)|どのように|何(?:を|が|です|の)"
    r"|いつ|どこ|ですか|ますか(?<!もらえますか)(?<!くれますか)|でしょうか|のか|べき)",
    r"(?:には|とき|場合|の(?:は|が))\?*$",
)
AGAIN = re.compile(
    r"\bagain\b|\bonce more\b|\brerun\b|\bre-run\b|\brepeat\b|\bretrain\b|\bthe same\b|\b(?:train|run|fit"
    r"|try) it\b"
    r"|\bsame (?:run|thing|lab|settings|but|as before)\b|もう(?:一度|一回)|再(?:実行|学習|度)|同じ"
)
SOME_LAB = re.compile(
    r"\b(?:lab|labs|experiment|experiments|model|network|training run|training|something|neural net\w*)\b"
    r"|ラボ|実験|モデル|ネットワーク"
)
EXERCISE = re.compile(
    r"\b(?:exercises?|homework|quiz|assignment|hint|my (?:code|answer|solution|work|program|script"
    r"|submission))\b"
    r"|\b(?:did|have) i (?:get|got|pass|solve|do)|\bam i (?:right|correct|wrong)|\bmy progress|\bquiz me"
    r"|\btest me"
    r"|\bpracti[cs]e\b|how am i doing"
    r"|課題|演習|宿題|クイズ|問題|ヒント|解答|答え|コード"
)
COST = re.compile(
    r"\b(?:how (?:long|much (?:time|memory)|many (?:minutes|seconds))|what) (?:does|would|will|do) (?:it"
    r"|this|that) (?:take|need|cost)"
    r"|\bhow (?:long|much (?:time|memory)) (?:does|would|will|do)\b.{0,60}\b(?:take|need|run|last|use)\b"
    r"|(?:どのくらい|どれくらい|何分|何秒)(?:の時間)?.{0,10}(?:かかる|かかります|必要)"
)
LISTS = _all(
    rf"^\W*{_POLITE}(?:(?:list|show|give|see|print|view)(?: me| us)?(?: all)?(?: of)?(?: the| your|"
    r" available)*"
    r" )?labs?(?: list| available)?(?: please)?\W*$",
    r"\b(?:what|which) (?:labs|experiments|runnable labs)\b.{0,40}$",
    r"\b(?:what|which) (?:(?:labs?|experiments?|models?|things) )?(?:can|could) (?:i|you|we) (?:run"
    r"|train)\b.{0,30}$",
    rf"^\W*{_POLITE}(?:list|show|give)(?: me)?(?: all)?(?: of)?(?: the| your| available)* (?:labs"
    r"|experiments)\b.{0,30}$",
    r"(?:ラボ|実験)(?:の)?(?:一覧|リスト)|(?:どんな|どの|何の)(?:ラボ|実験)|(?:ラボ|実験)(?:に)?は何が"
    r"|ラボを(?:全部|すべて)?見せて",
)
_RUNS = r"(?:runs?|results?|trainings?|experiments?|models?|attempts?)"
COMPARING = re.compile(
    r"\b(?:compare|comparison|versus|vs|against|difference|better|differ)\b|比較|比べ|違い|どちら"
)
COMPARES = _all(
    r"^\W*(?:please |now |can you )*(?:compare|contrast) (?:the |my )?(?:(?:last|latest|previous)(?: two"
    r"| 2)|two|both)"
    r"(?: of them)?(?: please)?\W*$",
    r"\b(?:compare|contrast|difference between|differ\w* between)\b.{0,30}\b(?:last|latest|previous|two"
    r"|2|both|my|these|those)\b"
    rf".{{0,20}}\b{_RUNS}\b",
    r"\bcompare (?:it|this|that|this run|my (?:last )?run|the (?:last )?run|them|both)\b.{0,20}"
    r"(?:\b(?:with|to|and|against)\b.{0,20}\b(?:last|previous|earlier|before|other|first)\b.{0,20})?$",
    r"\bwhich (?:of (?:the|my) (?:two |last two )?)?runs? (?:is|was|did|were) (?:the )?(?:better|best)\b",
    r"\bwhat changed (?:since|from|between) (?:the |my )?(?:last|previous|two)\b",
    r"(?:直近|最近|最後|前回|2つ|二つ|2回|二回|この|両方).{0,12}(?:実行|結果|学習|ラン"
    r"|モデル)?.{0,12}(?:を)?(?:比較|比べ)",
    r"(?:実行|結果|学習結果|ラン)(?:どうし|同士)?を(?:比較|比べ)",
)
STATUSES = _all(
    r"\bhow(?:'s| is| are| was)\b(?: \w+)? (?:the |my |this |that |our )?(?:run|training|lab|experiment|it)\b"
    r"(?: run)? (?:doing|going|coming(?: along)?|progressing|looking)\W*$",
    r"\b(?:is|are) (?:it|the run|my run|the training|my training|the lab|the experiment|this run)(?: still)?"
    r" (?:done|finished|ready|running|over|complete|training|going)(?: yet| now| already)?\W*$",
    r"\bhas (?:it|the run|my run|the training|my training|the lab) (?:finished|ended|failed|crashed"
    r"|stopped)(?: yet)?\W*$",
    r"\b(?:status|progress|state) of (?:the |my |this |that )?(?:run|training|lab|experiment|last run)\b",
    r"\b(?:run|training|lab)(?:'s)? (?:status|progress)\W*$|^\W*(?:status|lab status|run status)\W*$",
    r"\bhow (?:far|long) (?:is|has|until|till|before|will) (?:it|the run|my run|the training|the"
    r" lab)\b.{0,30}$",
    r"\bwhat(?:'s| is) (?:my |the )?(?:run|training|lab) (?:doing|up to)\b",
    r"(?:実行|学習|訓練|ラボ|トレーニング|ラン)(?:の)?(?:状況|状態|進捗|進み具合|様子)|(?:学習|訓練|実行"
    r"|ラボ|トレーニング)(?:は)?"
    r"(?:もう)?(?:終わった|終わりました|終わってる|完了した|完了しました|進んで)|進捗(?:は|を)",
)
VAGUE_STATUS = re.compile(r"\b(?:is|has) it\b|how(?:'s| is) it\b")
_MINE = (
    r"(?:it|this|that|my run|the run|this run|that run|my model|the model|this model|my classifier|the"
    r" last run|my training|the training|the network|my network)"
)
ABOUT_RUN: tuple[tuple[About, bool, re.Pattern[str]], ...] = tuple(
    (about, sure, re.compile(pattern))  # type: ignore[misc]
    for about, sure, pattern in (
        (
            "overfitting",
            True,
            r"\b(?:why|how much|where|when|since when|does|did|is|has|was|do you think) (?:is |does |did "
            r"|has |was |do )?"
            r"(?:my (?:run|model|classifier|network|training|lab)|(?:the|this|that) (?:run|last"
            r" run))\b.{0,30}\bover-?fit",
        ),
        (
            "overfitting",
            False,
            r"^\W*(?:(?:and|but|so|then) )*(?:why|how|where|when|since when|is|does|did|has|was|do you"
            r" think)"
            rf" (?:is |does |did |has |was |do |will )?{_MINE}\b.{{0,20}}\bover-?fit\w*(?:ting)?\W*$"
            r"|(?:これ|それ|モデル|この(?:実行|モデル|学習))?(?:は|が)?(?:なぜ|何故"
            r"|どうして)?過学習(?:して(?:いる|る|います|ます)|した|しました|している)(?:の)?"
            rf"(?:です)?か?\?*$|(?:なぜ|どうして)(?:これは|それは|モデルは)?過学習(?:して|した|する)",
        ),
        (
            "underfitting",
            False,
            r"^\W*(?:(?:and|but|so) )*(?:why|is|does|did|was) (?:is |does |did |was"
            rf" )?{_MINE}\b.{{0,20}}\bunder-?fit\w*\W*$"
            r"|(?:未学習|学習不足|アンダーフィット)(?:して|です|か|なの)",
        ),
        (
            "learning_rate",
            False,
            r"\b(?:is|was) (?:the|my|this|that) learning rate (?:too|ok|okay|right|good|fine)\b.{0,30}$"
            r"|\bdid i (?:choose|pick|use|set) (?:the right|too (?:high|low|large|small) an?|a good)"
            r" learning rate\b"
            r"|学習率(?:は|が)(?:大きすぎ|高すぎ|小さすぎ|低すぎ|適切|大丈夫)",
        ),
        (
            "loss",
            False,
            r"^\W*(?:(?:and|but|so) )*why (?:is|does|did|was|has|do) (?:the|my) (?:validation |training "
            r"|train |test |val )?"
            r"loss (?:so |not |stay|go|going|gone|rise|rising|risen|increas|explod|nan|flat|stuck|jump|up"
            r"|high|become|get)\w*\b.{0,40}$"
            r"|^\W*why did (?:the|my) (?:validation |training |val )?loss\b.{0,40}$"
            r"|(?:損失|ロス)(?:は|が)(?:なぜ)?(?:上が|増え|下がら|減ら|発散)",
        ),
        (
            "plateau",
            False,
            rf"^\W*(?:why )?(?:is|did|has|does) (?:{_MINE}|the loss|the accuracy|the curve)\b.{{0,12}}"
            r" (?:stuck|flat|plateau\w*|stalled|stopped (?:learning|improving)|converged?)\W*.{0,20}$",
        ),
        (
            "accuracy",
            False,
            r"^\W*(?:(?:and|but|so) )*(?:why|how) (?:is|was|good is|good was|bad is|bad was) (?:the |my "
            r"|its |this |that )"
            r"?(?:accuracy|score|result|f1|macro f1|it|model|classifier)(?: so)?(?: low| bad| poor| high|"
            r" good)?\W*$"
            r"|^\W*(?:(?:and|but|so) )*why (?:is|was) (?:the |my |its )?(?:test |validation |val )?"
            r"(?:accuracy|score|f1|macro f1) (?:only|just|so (?:low|bad|poor)|stuck at|not (?:higher|better)"
            r"|below)\b.{0,40}$"
            r"|\bis (?:that|this|it) (?:a )?(?:good|bad|better than (?:chance|the baseline|guessing|a"
            r" baseline))\b.{0,30}$"
            r"|精度(?:は|が)(?:なぜ|どうして)?(?:低|高|悪|良)",
        ),
        (
            "misread",
            True,
            r"\b(?:which|what|show|list|see|give)\b.{0,24}\b(?:reviews?|texts?|examples?|images?|sentences?"
            r"|ones?|mistakes|errors)\b"
            r".{0,24}\b(?:mis-?read|mis-?classif\w*|wrong|mistaken|confused)\b"
            r"|\bwhat did (?:it|the model|my model|the classifier) (?:get wrong|misread|misclassify"
            r"|mistake)\b"
            r"|\b(?:show|list|see)\b.{0,16}\b(?:mis-?read|misclassified)\b|\b(?:its|the model's|my model's)"
            r" mistakes\b"
            r"|(?:どの|どんな)(?:レビュー|文|画像|例).{0,8}(?:間違|誤)|(?:誤分類|読み間違|間違え)(?:た"
            r"|された|て)?(?:レビュー|文|画像|例|もの)?",
        ),
        (
            "confusion",
            True,
            r"\b(?:which|what) (?:classes|labels|categories|class|pairs?)\b.{0,24}\b(?:confus|mix|mistak)\w*"
            r"|\bwhat (?:does|did) (?:it|the model|my model|the classifier) (?:confuse|mix up)\b"
            r"|\bmost confused\b|(?:explain|show|read)(?: me)? (?:my |its |this run's |the run's )confusion"
            r" matrix"
            r"|(?:どの)?(?:クラス|ラベル)(?:を|が)?(?:混同|間違)",
        ),
        (
            "words",
            True,
            r"\b(?:which|what)(?: are)?(?: the)? (?:strongest|most important|most telling|heaviest|top)"
            r" words\b.{0,40}$"
            r"|\bwhich words\b.{0,30}\b(?:weigh|matter|count|decide|strong\w*)\b.{0,20}\b(?:it|run|model"
            r"|most)\b|強い単語|重みの大きい単語",
        ),
        (
            "next",
            False,
            r"^\W*(?:(?:and|but|so|ok(?:ay)?),? )*(?:what (?:should|could|can|would|do|shall) (?:i|we|you)"
            r" (?:try|do|change|run|suggest|tune)"
            r"(?: next| now| then| instead)?|what(?:'s| is)? next|any (?:ideas|suggestions)|what (?:would"
            r"|could) (?:help|improve it)"
            rf"|how (?:can|could|do|should|would) (?:i|we|you) (?:improve|fix|better|beat) (?:{_MINE}|the"
            r" (?:accuracy|result|score)|my result)"
            rf"|how (?:can|could|do) (?:i|we) (?:make|get) {_MINE} (?:better|more accurate"
            r"|right))\b.{0,20}$"
            r"|^次(?:は|に)?何を(?:試|す)|^(?:どう(?:すれば|したら))(?:もっと)?(?:良く|よく|改善)",
        ),
        (
            "",
            True,
            r"\b(?:explain|interpret|summari[sz]e|discuss|go over|walk me through|read|describe)(?: me|"
            r" us)? (?:the |my |this |that |these |those |its |last |latest )*"
            r"(?:run|results?|figures|numbers|metrics|curves?|outcome|scores?)(?: of (?:the |my |this |that"
            r" )?(?:last |latest )?(?:run|lab|training))?\W*$",
        ),
        (
            "",
            True,
            r"\bexplain (?:the |my )?(?:last |latest )?run\b|\bwhat (?:do|did) (?:these|those|the|my|its)"
            r" (?:numbers|results?|figures|metrics|curves?) (?:mean|say|show|tell)"
            r"|\bwhat (?:does|did) (?:the|my|this) (?:result|run|curve|last run) (?:mean|say|show|tell)"
            r"|(?:この|その|今の|最後の|直近の|前回の|実行の|ラボの|学習の|実験の)(?:実行|結果|数字|ラン"
            r"|ラボ)(?:の結果)?(?:を|について)?(?:説明|解説|教えて)"
            r"|^結果(?:を|について)?(?:説明|解説|教えて)|^(?:この)?(?:数字|結果)(?:は)?(?:何を|どういう)意味",
        ),
        (
            "",
            False,
            r"^\W*(?:(?:and|so|ok(?:ay)?),? )*(?:how did (?:it|the run|my run|the training) (?:go|do|turn"
            r" out)|how good (?:is|was) (?:it|the run|my run)"
            r"|what (?:came out|was the result|is the result|are the results|happened)|did it (?:work"
            r"|learn)(?: well| anything)?)\W*$"
            r"|^(?:どうだった|結果は|どうでしたか)\W*$",
        ),
    )
)
RUN_ID_ONLY = re.compile(
    r"\b(?:explain|show|result|results|figures|how|what|why|about|tell)\b|説明|結果|どう"
)
YES = re.compile(
    r"\W*(?:(?:yes|yep|yeah|yup|sure|ok(?:ay)?|alright|accept(?:ed)?|approve[d]?|go|do it|run it|start it"
    r"|start|train it|run|go ahead"
    r"|go for it|please do|let's go|y|confirm(?:ed)?|sounds good|fine|do so|agreed|launch it)"
    r"[\s,.!]*(?:please|then|now)?[\s,.!]*){1,3}"
    r"|\W*(?:はい|うん|お願いします|お願い|実行して|実行|実行する|やって|始めて|開始|それで|オーケー|了解"
    r"|どうぞ|いいよ|いいです|承認|そうして|走らせて)"
    r"(?:、?(?:お願いします|実行して|ください|下さい|それで|始めて|やって))*\W*"
)
NO = re.compile(
    r"\W*(?:no|nope|nah|n|decline[d]?|reject(?:ed)?|cancel(?: it| that)?|stop|don't|do not|don't run it|do"
    r" not run it|not now|never ?mind"
    r"|forget it|skip it|rather not|no thanks?|no thank you|leave it|drop it|abort)(?:[\s,.!]+(?:thanks?"
    r"|thank you|please|don't|now))*\W*"
    r"|\W*(?:いいえ|いや|やめて|やめる|やめます|キャンセル|中止|不要|結構です|しない|実行しない"
    r"|実行しないで|取り消し)(?:ください|下さい|して|する|です)*\W*"
)
UNDECIDED = re.compile(
    r"\W*(?:(?:maybe|perhaps|hm+|um+|not sure|i'm not sure|i am not sure|don't know|i don't know"
    r"|let me think|wait"
    r"|one moment|possibly|later)[\s,.!?]*){1,3}(?:yet|about it|about that)?\W*"
    r"|\W*(?:たぶん|多分|うーん|わからない|分からない|迷って(?:いる|います|る)|ちょっと待って|どうしよう)\W*"
)
VERDICT = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|ok(?:ay)?|sure|fine|go(?: ahead)?)[\s,]+(?:please[\s,]+)?|no,\s*"
    r"|はい、?|いいえ、?)"
    r"(?:(?:but|and|then)\s+|でも、?)?",
    re.IGNORECASE,
)
