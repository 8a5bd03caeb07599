def evaluate_clip(images, labels, predict):
    predictions = [predict(image) for image in images]
    return float(predictions == labels)
