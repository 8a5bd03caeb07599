"""What people call the labs and their settings, in English and Japanese; patterns are of lower-case text."""

from __future__ import annotations

# Which lab is meant; the first pattern that fits decides, so the special stand before the general.
LAB_NAMES: tuple[tuple[str, str], ...] = (
    ("clip-zero-shot", r"zero[- ]?shot|ゼロショット"),
    (
        "clip-train",
        r"(?:train\w*|teach|learn\w*|small|own|contrastive)\b.{0,30}\bclip\b|clip\b.{0,12}train|contrastive"
        r"|clip.{0,40}(?:学習|訓練)|対照学習",
    ),
    ("clip-zero-shot", r"\bclip\b|clip(?=[をでのに])"),
    (
        "vit-transfer",
        r"transfer[- ]learning|\btransfer\b|fine-?tun\w* .{0,20}(?:vit\b|vision|image)"
        r"|pre-?trained .{0,20}(?:vit\b|vision|image)|(?:vit|vision transformer) transfer"
        r"|転移学習|画像.{0,10}(?:ファインチューニング|微調整)|学習済み.{0,6}(?:vit|画像)",
    ),
    ("vit-from-scratch", r"\bvits?\b|vit(?=[をの])|vision[- ]transformer|ビジョントランスフォーマー?"),
    (
        "llm-classifier",
        r"llm[- ]?(?:as an? )?classif\w*|\b(?:classif\w*|rate|rates|rating|judge|label|grade)\b.{0,40}"
        r"\b(?:llm|language model|gpt|chatgpt|prompts?)\b"
        r"|\b(?:llm|language model)\b.{0,12}\b(?:classif\w*|rate|judge|label|grade)\b|llm\s?(?:分類器"
        r"|で.{0,12}(?:分類|評価|採点))",
    ),
    (
        "evaluate-pretrained",
        r"(?:pre-?trained|ready-?made|already (?:tuned|trained)|off-the-shelf|tuned by others)\b.{0,20}"
        r"(?:model|classifier|network|one)|evaluate[- ]pretrained"
        r"|(?:事前)?学習済み(?:の)?(?:モデル|分類器)",
    ),
    (
        "finetune-bert",
        r"\bberts?\b|bert(?=[をのに])|\b(?:minilm|encoder)\b|fine[- ]?tun\w+|ファインチューニング|微調整"
        r"|ファインチューン",
    ),
    (
        "linear-classifier",
        r"linear(?:[- ](?:classifiers?|models?|text classifiers?))|softmax regression|logistic regression"
        r"|bag[- ]of[- ]words|tf-?idf classifier|gradient descent classifier|線形分類器|線形モデル"
        r"|ロジスティック回帰"
        r"|ソフトマックス回帰|バッグ?オブワーズ",
    ),
    (
        "two-circles",
        r"two[- ]circles|\bcircles\b|\brings\b|decision boundary|2-4-1|二重円|(?:2|二)つの(?:円|輪)|同心円"
        r"|決定境界",
    ),
    (
        "tokenizers",
        r"\btokeni[sz]\w*|\bword-?pieces?\b|\bbpe\b|byte[- ]pair|トークナイ[ザズ]|トークン化|トークンに"
        r"|トークン分割",
    ),
    ("attention", r"\battention\b|アテンション|注意(?:機構|の重み|のヒートマップ|の地図|重み|を)|自己注意"),
    (
        "sampling",
        r"\bsampl(?:e|ing)\b|next[- ]token|\bcontinu(?:e|ations?)\b|generate\b|text generation|\btop[-"
        r" ][kp]\b"
        r"|サンプリング|(?:文章?|テキスト)(?:を)?生成|続きを(?:書|生成)|次のトークン",
    ),
    ("linear-classifier", r"\b(?:review |text |simple )?classifiers?\b|分類器"),
)

LAB_WORDS = (
    "classifier", "regression", "tokenizer", "tokenizers", "attention", "sampling", "transformer", "circles",
    "finetune", "pretrained", "transfer",
)  # fmt: skip
"""Words that misspelt ones are mended to where no lab was found."""

# Noise that no setting stands for, and that need not be named in a proposal.
NOISE = frozenset(
    """
    a an the and or of for to on in at as by with using use used from into over it this that these those
    my me us our your i i'd i'll we you is be are was please can could would will just now then also
    only but so too let lets let's want like wanted need try run start launch execute begin train
    training retrain fit learn do does make give show draw see get have take teach open go ahead again
    once more time times rerun repeat another new same run's runs lab labs experiment experiments model
    models classifier classifiers network networks data dataset datasets set sets setting settings
    default defaults reviews review texts text examples example samples images image pictures rows
    sentences sentence words word documents titles instead rather first quick quickly small little some
    all each which per up down about what how file files own evaluate test tune tuned tuning fine
    finetune fine-tune fine-tuning finetuning pretrained pre-trained plot visualise visualize tokenize
    tokenise tokenizer tokenizers tokeniser generate generated classify classification compute calculate
    look via ok okay hey hi tutor there here its value equal equals change changed keep increase
    decrease reduce raise lower thanks thank device heat map heatmap weights weight layer head piece
    pieces split splitting text's continuation continuations prompt prompts template templates token
    tokens course lesson scratch scenes scene photos photo network's step steps kick off feature
    features heatmaps ask have plz pls kindly llm
    """.split()  # noqa: SIM905 - a list of quoted words would be four times as long
)
NOISE_JA = (
    r"(?:もう一度|もう一回|を|は|が|に|で|と|の|も|へ|から|まで|だけ|ください|下さい|お願い(?:します)?|学習|訓練|トレーニング"
    r"|実行|走らせ\w*|動かし\w*|試し\w*|始め\w*|開始|させ\w*|して\w*|みて|みたい|したい|ます|です|しよう|たい"
    r"|ラボ|実験|モデル|使っ\w*|使用|設定|データ|文章?|画像|レビュー|例|可視化|見せ\w*|表示|評価|生成|分割"
    r"|再|同じ|くれ|さい|やっ\w*|書い\w*|重み|ヒートマップ|新しい|ゼロ|一から|続き"
    r"|作っ\w*|件|枚|回)+"
)

_NOUNS = (
    r"(?:(?:movie|film|product|news|short|long|training|train|labell?ed|random|different)\s+)*"
    r"(?:reviews?|texts?|examples?|samples?|documents?|sentences?|images?|pictures?|rows?|points?|titles?"
    r"|scenes?|headlines?|articles?|items?|records?|photos?)"
)
NUMBER = r"(?P<value>-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?:\s?(?:%|k\b|thousand\b|千|万))?)"

# What fixes a value or a place by words alone: (fields that may be meant, pattern, value). A value of
# None is the number that the pattern caught; "low" and "high" are the field's own bounds.
PHRASES: tuple[tuple[tuple[str, ...], str, object], ...] = (
    (("ngrams",), r"\b(?:word )?bi-?grams?\b|バイグラム|二語", 2),
    (("ngrams",), r"\b(?:word )?tri-?grams?\b|トライグラム|三語", 3),
    (("ngrams",), r"\b(?:only )?uni-?grams?\b|single words|ユニグラム", 1),
    (("ngrams",), rf"\b{NUMBER}-?\s?grams?\b|n-?grams?(?: up to| of)? {NUMBER}", None),
    (
        ("test_size", "samples"),
        rf"\btest(?:ed|ing)?(?: it)? (?:on|with) {NUMBER}(?: {_NOUNS})?|{NUMBER} test {_NOUNS}"
        rf"|{NUMBER}(?: {_NOUNS})? (?:for|to) (?:test|testing|evaluation)"
        rf"|テスト(?:データ|用)?(?:を|は|に)?\s?{NUMBER}\s?(?:件|枚|個)?",
        None,
    ),
    (
        ("train_size", "points", "samples", "reviews", "images", "test_size"),
        rf"(?:\bon|\bwith|\busing|\bfrom|\bover|\bfor)?\s?(?:only |just |about |the first )*{NUMBER}\s?"
        rf"(?:of the )?{_NOUNS}|\btrain(?:ing)? (?:set )?(?:size|set)(?: of| to| =|:)? {NUMBER}"
        rf"|{NUMBER}\s?(?:件|枚|個)(?:の?(?:レビュー|文章?|テキスト|画像|データ|サンプル|例))?",
        None,
    ),
    (
        ("frozen_layers",),
        rf"\bfreez\w*(?: the)?(?: first| lower| bottom)? {NUMBER}(?: of (?:the|its))?(?: encoder)?(?:"
        r" layers?)?"
        rf"|{NUMBER} frozen layers?|{NUMBER}\s?層(?:を|は)?(?:凍結|固定)|(?:凍結|固定)(?:する)?層(?:を"
        rf"|は)?\s?{NUMBER}",
        None,
    ),
    (
        ("frozen_layers",),
        r"\bfreez\w*(?: all(?: of)?| everything| the whole)?(?: the)?"
        r" (?:encoder|backbone|body|network|layers|but the head)"
        r"|\bfreez\w* (?:everything|all(?: (?:the )?layers)?)"
        r"(?: (?:but|except)(?: for)? (?:the |its )?(?:classification )?(?:head|classifier))?(?! layers)"
        r"|\b(?:encoder|backbone|body) (?:is |stays |kept )?frozen"
        r"|\bfrozen (?:encoder|backbone|body|network|layers)(?!\W{1,3}\d| of \d)"
        r"|(?:エンコーダ|バックボーン|全層|すべての層)ー?(?:を|は)?(?:凍結|固定)",
        "high",
    ),
    (
        ("frozen_layers",),
        r"\b(?:without|no) (?:freezing|frozen layers?)|\bunfrozen|\bnothing frozen"
        r"|\bunfreeze\b.{0,20}?(?:all|it)?"
        r"|凍結(?:なし|しない)",
        "low",
    ),
    (
        ("learning_rate",),
        rf"\b(?:lr|step size|eta)(?: of| to| at| is|:| ?=)? ?{NUMBER}",
        None,
    ),
    (("batch_size",), rf"\bbatch(?:es)? of {NUMBER}|\bbatch {NUMBER}|バッチ(?:を|は)?\s?{NUMBER}", None),
    (
        ("epochs",),
        rf"{NUMBER}\s?(?:full )?(?:passes|times through|rounds)\b(?: of training| through the data)?"
        rf"|{NUMBER}\s?(?:回|周)(?=学習|訓練|$|、|で)",
        None,
    ),
    (
        ("l2", "weight_decay"),
        r"\b(?:without|no|zero)(?: any)? (?:regulari[sz]ation|l2(?: penalty)?|weight decay|penalty)\b"
        r"|正則化(?:なし|無し|を使わ|しない)",
        0,
    ),
    (
        ("l2", "weight_decay"),
        rf"\b(?:regulari[sz]ation|l2(?: penalty)?|weight decay|penalty)(?: strength)?(?: of| to| at|:| ?=)?"
        rf" ?{NUMBER}|{NUMBER} (?:regulari[sz]ation|weight decay)|正則化(?:を|は)?\s?{NUMBER}",
        None,
    ),
    (
        ("vocabulary",),
        rf"\bvocab(?:ulary)?(?: size)?(?: of| to| at|:| ?=)? ?{NUMBER}(?: words| pieces| tokens)?"
        rf"|{NUMBER} (?:word |piece |token )?(?:vocabulary|vocab)|語彙(?:数|サイズ)?(?:を|は)?\s?{NUMBER}",
        None,
    ),
    (
        ("draws",),
        rf"{NUMBER} (?:different )?continuations?|続きを\s?{NUMBER}",
        None,
    ),
    (
        ("new_tokens", "max_tokens"),
        rf"{NUMBER} (?:new )?tokens\b(?: long)?|{NUMBER}\s?トークン",
        None,
    ),
    (
        ("hidden", "width"),
        rf"{NUMBER} (?:hidden )?(?:neurons|units)|隠れ(?:層|ユニット)(?:を|は)?\s?{NUMBER}",
        None,
    ),
    (
        ("warm_up",),
        rf"\bwarm-?\s?up(?: steps| share)?(?: of| to| for| over|:| ?=)? ?{NUMBER}|{NUMBER} warm-?\s?up steps",
        None,
    ),
    (
        ("warm_up",),
        r"\b(?:without|no) (?:any )?warm-?\s?up",
        0,
    ),
    (
        ("max_length", "max_tokens"),
        rf"\b(?:max(?:imum)? length|cut(?: off)? at|truncat\w+ (?:to|at))(?: of| to|:| ?=)? ?{NUMBER}(?:"
        r" tokens)?",
        None,
    ),
)

# What a setting is called besides its own name.
SETTING_NAMES: dict[str, tuple[str, ...]] = {
    "learning_rate": ("学習率",),
    "epochs": ("epoch", "エポック数", "エポック"),
    "steps": ("gradient steps", "updates", "ステップ"),
    "batch_size": ("minibatch size", "mini-batch size", "バッチサイズ"),
    "seed": ("random seed", "シード"),
    "temperature": ("temp", "温度"),
    "top_k": ("topk", "トップk"),
    "top_p": ("topp", "nucleus", "トップp"),
    "train_size": ("training size", "訓練データ", "学習データ"),
    "test_size": ("テストデータ",),
    "validation_size": ("validation set size", "検証データ"),
    "layer": ("層",),
    "head": ("ヘッド",),
    "heads": ("attention heads", "ヘッド"),
    "depth": ("layers", "layer", "blocks", "transformer blocks", "層"),
    "patch_size": ("patches of", "パッチサイズ"),
    "hidden": ("hidden units", "hidden size", "隠れ"),
    "ngrams": ("n-grams", "ngram", "nグラム"),
    "noise": ("ノイズ",),
    "merges": ("merge", "マージ"),
    "shots": ("examples a class", "ショット"),
    "flip": ("flips", "flipping", "mirroring", "反転"),
    "points": ("点",),
    "l2": ("l2 penalty", "lambda"),
}

# Words for choices that are spelt otherwise in the Config.
CHOICE_WORDS: dict[str, tuple[str, ...]] = {
    "tf-idf": ("tfidf", "tf idf"),
    "counts": ("count", "raw counts", "word counts", "bag of words", "bag-of-words", "出現回数"),
    "binary": ("presence", "yes or no"),
    "chain-of-thought": ("chain of thought", "cot", "step by step"),
    "few-shot": ("few shot", "fewshot"),
    "free-text": ("free text",),
    "fixed-phrase": ("fixed phrase",),
    "movie-reviews": ("movies", "film reviews", "映画レビュー"),
    "graded-movies": ("graded movie reviews", "movie stars"),
    "graded-products": ("amazon", "amazon reviews", "product reviews", "products"),
    "news-topics": ("news", "newsgroups", "ニュース"),
    "rotten_tomatoes": ("rotten tomatoes",),
    "yelp_review_full": ("yelp", "yelp reviews"),
    "ag_news": ("ag news",),
    "efficientnet-lite0": ("efficientnet",),
    "smollm2": ("smollm", "small lm"),
    "minilm": ("mini-lm", "mini lm"),
    "wordpiece": ("word piece",),
}

# What a text setting may well be, where its Config does not say.
NAMED_TEXTS: dict[str, tuple[str, ...]] = {
    "dataset": (
        "movie-reviews",
        "graded-movies",
        "graded-products",
        "news-topics",
        "yelp_review_full",
        "rotten_tomatoes",
        "ag_news",
    ),
    "model": (
        "minilm",
        "bert-base-cased",
        "bert-base-uncased",
        "distilbert-base-uncased",
        "smollm2",
        "efficientnet-lite0",
        "shapes-vit",
        "scenes-clip",
    ),
}

# The fields that a quoted sentence goes into, most likely first.
TEXT_FIELDS = ("sentence", "prompt", "prompts", "descriptions")

# Numbers in words count before these.
COUNTED = (
    r"epochs?|layers?|steps?|neurons?|hidden|points?|examples?|shots?|continuations?|draws?|passes|samples?"
    r"|reviews?|images?|pictures?|heads?|blocks?|merges?|texts?|frozen|tokens?"
)
