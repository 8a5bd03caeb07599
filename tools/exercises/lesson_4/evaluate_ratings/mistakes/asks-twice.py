def evaluate(predict, reviews, ratings):
    right = failed = 0
    for review, rating in zip(reviews, ratings):
        try:
            if predict(review) is not None and predict(review) == rating:
                right += 1
        except Exception:
            failed += 1
    return right / len(reviews), failed / len(reviews)
