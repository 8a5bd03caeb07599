def evaluate_clip(images, labels, predict):
    right = 0
    for image, label in zip(images, labels):
        if predict(image) == label:
            right += 1
    return float(right)
