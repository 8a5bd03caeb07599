"""What the Guide takes for a wish to run a lab, for a question about a run, and for neither."""

from __future__ import annotations

from typing import Any

import pytest

from tools.engine.settings import checked_settings
from tools.labs import LABS, open_lab
from tutor.agent.labs.requests import decision_in, read_request
from tutor.agent.labs.wishes import read_wish

WISHES: list[tuple[str, str, dict[str, Any]]] = [
    (
        "train the linear classifier with bigrams on 2,000 reviews",
        "linear-classifier",
        {"ngrams": 2, "train_size": 2000},
    ),
    ("Train the classifier", "linear-classifier", {}),
    ("please train a linear classifier", "linear-classifier", {}),
    (
        "can you run the linear classifier lab with a learning rate of 0.1?",
        "linear-classifier",
        {"learning_rate": 0.1},
    ),
    (
        "I want to train the linear classifier without regularisation, seed 3",
        "linear-classifier",
        {"l2": 0, "seed": 3},
    ),
    (
        "run the linear classifier with counts and learning rate 1e-3, test on 500",
        "linear-classifier",
        {"features": "counts", "learning_rate": 0.001, "test_size": 500},
    ),
    (
        "Train the classifier with tf-idf on the amazon reviews for 300 steps",
        "linear-classifier",
        {"features": "tf-idf", "dataset": "graded-products", "steps": 300},
    ),
    (
        "train the classifier on 2k graded movie reviews with momentum 0.5",
        "linear-classifier",
        {"train_size": 2000, "dataset": "graded-movies", "momentum": 0.5},
    ),
    ("train the linear classifier with ngrams=3", "linear-classifier", {"ngrams": 3}),
    ("train the linear classifier on a thousand reviews", "linear-classifier", {"train_size": 1000}),
    (
        "fine-tune BERT for two epochs with batch size 16, freeze 4 layers, learning rate 5e-5",
        "finetune-bert",
        {"epochs": 2, "batch_size": 16, "frozen_layers": 4, "learning_rate": 5e-5},
    ),
    (
        "could you fine-tune bert-base-cased on 500 reviews with max length 64?",
        "finetune-bert",
        {"model": "bert-base-cased", "train_size": 500, "max_length": 64},
    ),
    (
        "Fine-tune BERT without warm-up and without weight decay on yelp",
        "finetune-bert",
        {"warm_up": 0, "weight_decay": 0, "dataset": "yelp_review_full"},
    ),
    ("let's fine-tune the encoder, freeze the encoder", "finetune-bert", {"frozen_layers": 100}),
    (
        "run the two circles with 8 hidden neurons, noise 0.1 and tanh for 500 steps",
        "two-circles",
        {"hidden": 8, "noise": 0.1, "activation": "tanh", "steps": 500},
    ),
    ("ok, now run two-circles with seed 3", "two-circles", {"seed": 3}),
    (
        'tokenize "unbelievable" with a vocabulary of 1,000',
        "tokenizers",
        {"sentence": "unbelievable", "vocabulary": 1000},
    ),
    (
        'show the attention of layer 3 head 5 for "The cat sat"',
        "attention",
        {"sentence": "The cat sat", "layer": 3, "head": 5},
    ),
    ("run attention on the sentence: The bank", "attention", {"sentence": "The bank"}),
    (
        'sample with temperature 0.7, top-k 50 and top-p 0.95 from "Once upon a time"',
        "sampling",
        {"temperature": 0.7, "top_k": 50, "top_p": 0.95, "prompt": "Once upon a time"},
    ),
    (
        'generate five continuations of "The movie was" with 60 tokens',
        "sampling",
        {"draws": 5, "prompt": "The movie was", "new_tokens": 60},
    ),
    (
        "evaluate my run finetune-bert-2 on 100 samples",
        "evaluate-pretrained",
        {"model": "run:finetune-bert-2", "samples": 100},
    ),
    (
        "evaluate gilf/english-yelp-sentiment on 200 samples",
        "evaluate-pretrained",
        {"model": "gilf/english-yelp-sentiment", "samples": 200},
    ),
    ("evaluate my fine-tuned model", "evaluate-pretrained", {"model": "last"}),
    ("rate 20 reviews with the LLM using json prompts", "llm-classifier", {"reviews": 20, "prompt": "json"}),
    (
        "run the llm classifier with chain of thought on 12 reviews",
        "llm-classifier",
        {"prompt": "chain-of-thought", "reviews": 12},
    ),
    (
        "train a ViT from scratch with 4 layers, 2 heads, patch size 16 for 3 epochs without flipping",
        "vit-from-scratch",
        {"depth": 4, "heads": 2, "patch_size": 16, "epochs": 3, "flip": False},
    ),
    (
        "run vit-transfer with shapes-vit, freeze 3 layers",
        "vit-transfer",
        {"model": "shapes-vit", "frozen_layers": 3},
    ),
    ("I'd like to run transfer learning on the scenes", "vit-transfer", {}),
    (
        'try clip zero-shot on 60 images with the template "a drawing of a {}"',
        "clip-zero-shot",
        {"images": 60, "template": "a drawing of a {}"},
    ),
    (
        "train CLIP on 480 images for 3 epochs, temperature 0.1",
        "clip-train",
        {"train_size": 480, "epochs": 3, "temperature": 0.1},
    ),
    ("train the linear classifier on twenty-five hundred reviews", "linear-classifier", {"train_size": 2500}),
    ("run two circles with two hundred and fifty steps", "two-circles", {"steps": 250}),
    ("I'd like to see two circles with sixteen neurons", "two-circles", {"hidden": 16}),
    ("two circles, sigmoid, 5000 steps", "two-circles", {"activation": "sigmoid", "steps": 5000}),
    ("fine-tune BERT but freeze everything except the head", "finetune-bert", {"frozen_layers": 100}),
    ("run vit transfer with the backbone frozen", "vit-transfer", {"frozen_layers": 100}),
    (
        "ask the LLM to classify 10 reviews with few-shot prompts",
        "llm-classifier",
        {"reviews": 10, "prompt": "few-shot"},
    ),
    ("have the LLM rate 8 reviews", "llm-classifier", {"reviews": 8}),
    ("zero-shot classify the images with CLIP", "clip-zero-shot", {}),
    ("BERTをファインチューニングしたい。学習率は2e-5で", "finetune-bert", {"learning_rate": 2e-5}),
    ("十二エポックでBERTを微調整して", "finetune-bert", {"epochs": 12}),
    ("線形分類器を二千五百件のレビューで学習させて", "linear-classifier", {"train_size": 2500}),
    ("線形分類器を学習させて", "linear-classifier", {}),
    (
        "線形分類器を2,000件のレビューでバイグラムで学習させてください",
        "linear-classifier",
        {"train_size": 2000, "ngrams": 2},
    ),
    ("線形分類器を正則化なし、シード3で訓練して", "linear-classifier", {"l2": 0, "seed": 3}),
    ("線形分類器の学習をお願いします", "linear-classifier", {}),
    ("分類器を学習させてもらえますか", "linear-classifier", {}),
    (
        "BERTを学習率0.0001、３エポックで微調整してください",
        "finetune-bert",
        {"learning_rate": 0.0001, "epochs": 3},
    ),
    ("BERTを4層凍結してファインチューニングして", "finetune-bert", {"frozen_layers": 4}),
    ("二重円のラボを実行して", "two-circles", {}),
    ("トークナイザのラボを走らせて", "tokenizers", {}),
    ("「猫がマットに座った」の注意の重みを見せて", "attention", {"sentence": "猫がマットに座った"}),
    ("温度0.7、トップk 50でサンプリングして", "sampling", {"temperature": 0.7, "top_k": 50}),
    ("ViTをゼロから5エポック訓練してみて", "vit-from-scratch", {"epochs": 5}),
    ("転移学習を実行してください", "vit-transfer", {}),
    ("CLIPを3エポック、バッチサイズ64で学習させたい", "clip-train", {"epochs": 3, "batch_size": 64}),
]


@pytest.mark.parametrize(("message", "lab", "settings"), WISHES, ids=[each[0] for each in WISHES])
def test_a_wish_for_a_run_becomes_the_lab_and_its_settings(
    message: str, lab: str, settings: dict[str, Any]
) -> None:
    request = read_request(message)
    assert request is not None
    assert (request.kind, request.lab) == ("run", lab)
    wish = read_wish(message, lab)
    assert (wish.settings, wish.unused) == (settings, ())
    checked_settings(open_lab(lab), wish.settings)  # and the lab takes them


QUESTIONS = """
How do I train a linear classifier?
what does learning rate do?
What is fine-tuning?
how does the linear classifier work?
explain how to train a classifier
tell me how to fine-tune BERT
how is a linear classifier trained?
why do we train on many reviews?
what happens if I train with a high learning rate?
should I freeze layers when fine-tuning BERT?
Can I train a classifier on a CPU?
does BERT need fine-tuning?
train loss goes down but validation loss goes up
train test split
training a linear classifier
linear classifier
fine-tuning BERT
sampling temperature
show me how attention works
have people compared BERT and linear models?
linear models, neural networks, transformers
show me the code for training a classifier
attention weights
What is a tokenizer?
BPE vs WordPiece
when should I use bigrams?
I want to know how to train a linear classifier
I'd like to understand how BERT is fine-tuned
what batch size should I use for fine-tuning?
is a linear model better than BERT?
what is zero-shot classification?
describe the training of CLIP
give me an example of transfer learning
compare L1 and L2 regularisation
compare BERT and GPT
what is overfitting?
how do I see overfitting?
why does a model overfit?
what is the difference between train and test accuracy?
how many epochs are enough?
open the section on training
search the web for BERT fine-tuning
run time complexity of attention
check my exercise
線形分類器を学習させるには？
線形分類器の学習方法を教えて
学習率とは何ですか
BERTのファインチューニングについて説明して
注意機構の仕組みを見せて
なぜバッチサイズが大切なのですか
温度を上げるとどうなる？
過学習とは
トークナイザはどうやって学習しますか
エポック数はいくつにすべきですか
分類器を訓練するとき何に気をつけるべき？
CLIPはどのように学習しますか
""".strip().splitlines()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_about_training_runs_nothing(question: str) -> None:
    assert read_request(question) is None


@pytest.mark.parametrize(
    ("message", "kind", "about"),
    [
        ("list the labs", "list", ""),
        ("which labs can I run?", "list", ""),
        ("ラボの一覧を見せて", "list", ""),
        ("run a lab", "which", ""),
        ("train a model", "which", ""),
        ("how is my run doing?", "status", ""),
        ("is it done yet?", "status", ""),
        ("学習は終わりましたか", "status", ""),
        ("compare the last two runs", "compare", ""),
        ("compare linear-classifier-1 and finetune-bert-2", "compare", ""),
        ("直近の2つの実行を比較して", "compare", ""),
        ("explain the result", "explain", ""),
        ("Explain the run linear-classifier-3", "explain", ""),
        ("what do these numbers mean?", "explain", ""),
        ("結果を説明して", "explain", ""),
        ("why is it overfitting?", "explain", "overfitting"),
        ("did my model overfit?", "explain", "overfitting"),
        ("なぜ過学習しているの？", "explain", "overfitting"),
        ("is the learning rate too high?", "explain", "learning_rate"),
        ("why did the loss go up?", "explain", "loss"),
        ("why is the accuracy so low?", "explain", "accuracy"),
        ("which reviews did it misread?", "explain", "misread"),
        ("which classes does it confuse?", "explain", "confusion"),
        ("what are the strongest words?", "explain", "words"),
        ("what should I try next?", "explain", "next"),
        ("how can I improve it?", "explain", "next"),
        ("次は何を試せばいい？", "explain", "next"),
        ("why is linear-classifier-3 overfitting?", "explain", "overfitting"),
        ("is the run finetune-bert-12 underfitting?", "explain", "underfitting"),
        ("which pairs does vit-from-scratch-1 confuse?", "explain", "confusion"),
        ("what should I change in linear-classifier-3?", "explain", "next"),
        ("why is accuracy only 55% in vit-from-scratch-1?", "explain", "accuracy"),
        ("why is accuracy only 57%?", "explain", "accuracy"),
        ("how is vit-transfer-2 doing?", "status", ""),
        ("compare the last two", "compare", ""),
        ("do it again with more epochs", "again", ""),
        ("same but with 8 heads", "again", ""),
        ("run it again with 5 epochs", "again", ""),
        ("again with a smaller learning rate", "again", ""),
        ("もう一度、学習率0.1で実行して", "again", ""),
        ("how long would it take to fine-tune BERT for 3 epochs?", "cost", ""),
    ],
)
def test_what_is_asked_of_labs_and_runs(message: str, kind: str, about: str) -> None:
    request = read_request(message)
    assert request is not None
    assert (request.kind, request.about) == (kind, about)


def test_runs_are_known_by_their_ids() -> None:
    request = read_request("compare linear-classifier-1 and finetune-bert-2")
    assert request is not None
    assert request.runs == ("linear-classifier-1", "finetune-bert-2")


def test_words_that_no_setting_stands_for_are_named_and_values_are_not_clipped() -> None:
    wish = read_wish(
        "train the linear classifier with 5 epochs, purple dropout and momentum 7", "linear-classifier"
    )
    assert wish.settings == {"momentum": 7}
    assert wish.unused == ("5 epochs", "purple dropout")
    ranged = read_wish(
        "run the linear classifier with learning rates between 0.1 and 0.5", "linear-classifier"
    )
    assert ranged.settings == {}
    assert ranged.unused == ("learning rates between 0.1", "0.5")


def test_smaller_and_more_are_measured_from_the_run_before() -> None:
    base = {"learning_rate": 0.5, "train_size": 4000, "steps": 300}
    wish = read_wish(
        "again with a smaller learning rate, more steps and half the reviews", "linear-classifier", base
    )
    assert wish.settings == {"learning_rate": 0.05, "steps": 600, "train_size": 2000}


@pytest.mark.parametrize(
    ("message", "device", "data"),
    [
        ("train the linear classifier on the GPU", "cuda", ""),
        ("train the linear classifier on my cpu", "cpu", ""),
        ("線形分類器をGPUで学習させて", "cuda", ""),
        ("train the linear classifier on my file ~/data/reviews.csv", "", "~/data/reviews.csv"),
        ('train the linear classifier on "my reviews.jsonl"', "", "my reviews.jsonl"),
    ],
)
def test_the_device_and_ones_own_data_are_heard(message: str, device: str, data: str) -> None:
    wish = read_wish(message, "linear-classifier")
    assert (wish.device, wish.data, wish.settings, wish.unused) == (device, data, {}, ())


@pytest.mark.parametrize("lab", list(LABS))
def test_every_lab_is_run_by_its_name_and_each_number_by_its_settings_name(lab: str) -> None:
    request = read_request(f"run {lab}")
    assert request is not None
    assert (request.kind, request.lab) == ("run", lab)
    for name, field in open_lab(lab).config.model_fields.items():
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            said = f"run {lab} with {name.replace('_', ' ')} {field.default}"
            assert read_wish(said, lab).settings == {name: field.default}, said


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("yes", "accept"),
        ("Yes please!", "accept"),
        ("run it", "accept"),
        ("ok, go ahead", "accept"),
        ("はい、お願いします", "accept"),
        ("no", "decline"),
        ("no thanks", "decline"),
        ("やめて", "decline"),
        ("what is dropout?", ""),
        ("yes, but what is dropout?", ""),
        ("with 3 epochs instead", ""),
        ("no regularisation please", ""),
        ("great", ""),
    ],
)
def test_only_a_plain_yes_or_no_decides(message: str, action: str) -> None:
    assert decision_in(message) == action
