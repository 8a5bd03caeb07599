def evaluate_clip(images, labels, predict):
    hits = {}
    for image, label in zip(images, labels):
        hits.setdefault(int(label), []).append(predict(image) == label)
    return sum(sum(each) / len(each) for each in hits.values()) / len(hits)
