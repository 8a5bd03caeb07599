def evaluate(predict, reviews, ratings):
    right = 0
    for review, rating in zip(reviews, ratings):
        try:
            right += predict(review) == rating
        except Exception:
            pass
    accuracy = right / len(reviews)
    return accuracy, 1 - accuracy
