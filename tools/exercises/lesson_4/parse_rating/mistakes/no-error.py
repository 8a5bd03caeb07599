import re


class ReviewParseError(Exception):
    pass


def ask(text, client):
    messages = [{"role": "user", "content": f"Rate this review from 1 to 5 stars: {text}"}]
    return client.chat.completions.create(model="m", messages=messages).choices[0].message.content


def predict_review_rating(text, client):
    answer = ask(text, client)
    found = re.findall(r"\d+(?:\.\d+)?", re.sub(r"1 to 5|out of 5|/5", "", answer))
    if len(found) != 1:
        return 3
    if found[0] not in ("1", "2", "3", "4", "5"):
        raise ReviewParseError(answer)
    return int(found[0])
