"""Beside the learner's code: what training does to the lists that it is given."""


def before_and_after(train, texts, labels):
    """Texts and labels as they were and as they are after training."""
    before = [list(texts), list(labels)]
    train(texts, labels)
    return before, [texts, labels]
