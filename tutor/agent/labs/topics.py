"""Which question to ask the course for what a run shows; nearly all are questions that its sections list."""

from __future__ import annotations


def topic_of(topic: str, lab: str) -> str:
    """The question for a finding's kind or a lab's name; in English, as the course is."""
    pictures = lab.startswith(("vit-", "clip-"))
    if pictures and topic in _OF_PICTURES:
        return _OF_PICTURES[topic]
    if topic == "misread" and lab != "linear-classifier":
        topic = "confusion"
    return TOPICS.get(topic) or TOPICS.get(lab) or TOPICS["next"]


TOPICS: dict[str, str] = {
    "overfitting": "Training loss falls but evaluation loss rises, what does that mean? How can I see during"
    " training that my network overfits?",
    "underfitting": "What does it mean when both loss curves stay high?",
    "learning_rate": "What happens if the learning rate is too large? How do I choose the learning rate?",
    "plateau": "What is early stopping?",
    "still_falling": "How many epochs should I train?",
    "accuracy": "What is the majority class baseline?",
    "confusion": "How do I read a confusion matrix?",
    "misread": "Where does a linear classifier fail?",
    "words": "How do I read the weights of a linear model?",
    "next": "What is the difference between a parameter and a hyperparameter?",
    "linear-classifier": "What is a linear classifier?",
    "two-circles": "Why do we need neural networks if linear models work? What is a non-linear problem?",
    "tokenizers": "Why are texts split into tokens?",
    "attention": "What is attention in a transformer?",
    "finetune-bert": "What are the steps of fine-tuning an encoder?",
    "evaluate-pretrained": "How is a tuned model evaluated?",
    "sampling": "What does temperature do in sampling?",
    "llm-classifier": "What is zero-shot and few-shot prompting?",
    "vit-from-scratch": "What is a vision transformer?",
    "vit-transfer": "What is transfer learning for images?",
    "clip-zero-shot": "How does CLIP classify images by prompts?",
    "clip-train": "How is CLIP trained with a contrastive loss?",
}
_OF_PICTURES = {
    "underfitting": "How do I tell underfitting from overfitting in an image model?",
    "learning_rate": "How do I find the learning rate of a vision transformer?",
}
