def evaluate_clip(images, labels, predict):
    right = sum(predict(image) == label for image, label in zip(images, labels))
    return right / len(labels) * 100
