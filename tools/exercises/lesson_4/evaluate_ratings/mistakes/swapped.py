def evaluate(predict, reviews, ratings):
    right = failed = 0
    for review, rating in zip(reviews, ratings):
        try:
            right += predict(review) == rating
        except Exception:
            failed += 1
    return failed / len(reviews), right / len(reviews)
