def evaluate_clip(images, labels, predict):
    hits = 0
    for number, image in enumerate(images):
        if predict(image) is not None and predict(image) == labels[number]:
            hits += 1
    return hits / len(images)
