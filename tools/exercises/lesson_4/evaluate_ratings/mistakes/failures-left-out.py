def evaluate(predict, reviews, ratings):
    right = answered = 0
    for review, rating in zip(reviews, ratings):
        try:
            right += predict(review) == rating
            answered += 1
        except Exception:
            continue
    accuracy = right / answered if answered else 0.0
    return accuracy, (len(reviews) - answered) / len(reviews)
