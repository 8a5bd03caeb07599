def evaluate_clip(images, labels, predict):
    hits = 0
    for image, label in zip(images, labels):
        if predict(image) == label:
            hits += 1
        return hits / len(images)
