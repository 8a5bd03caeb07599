def evaluate(predict, reviews, ratings):
    right = failed = 0
    predicted = None
    for review, rating in zip(reviews, ratings):
        try:
            predicted = predict(review)
        except Exception:
            failed += 1
        if predicted == rating:
            right += 1
    return right / len(reviews), failed / len(reviews)
