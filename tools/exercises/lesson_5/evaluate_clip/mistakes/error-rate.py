def evaluate_clip(images, labels, predict):
    wrong = 0
    for image, label in zip(images, labels):
        wrong += predict(image) != label
    return wrong / len(images)
