"""A rating read from a model's answer."""

import re

MODEL = "gpt-4o-mini"
PROMPT = """Here is a review of a business:

{review}

How many stars, from 1 to 5, did the reviewer give? End with the line "Final Prediction: X stars"."""
SCALE = re.compile(r"\b1\s*(?:to|-|–|and)\s*5\b|(?:\bout of|/)\s*5\b(?!\.\d)")


class ReviewParseError(Exception):
    """The answer holds no rating from 1 to 5."""


def predict_review_rating(text: str, client) -> int:
    """The stars, 1 to 5, that the model behind `client` reads from the review `text`."""
    messages = [{"role": "user", "content": PROMPT.format(review=text)}]
    response = client.chat.completions.create(model=MODEL, messages=messages, temperature=0)
    return parse_rating(response.choices[0].message.content or "")


def parse_rating(answer: str) -> int:
    """The one whole number of stars in `answer`, the words for the scale left out."""
    numbers = set(re.findall(r"-?\d+(?:[.,]\d+)?", SCALE.sub(" ", answer)))
    if len(numbers) != 1 or not numbers <= set("12345"):
        raise ReviewParseError(f"no rating from 1 to 5 in {answer[:60]!r}")
    return int(numbers.pop())
