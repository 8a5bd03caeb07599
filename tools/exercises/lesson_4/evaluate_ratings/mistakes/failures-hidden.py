def evaluate(predict, reviews, ratings):
    right = 0
    for review, rating in zip(reviews, ratings):
        try:
            right += predict(review) == rating
        except Exception:
            pass
    return right / len(reviews), 0.0
