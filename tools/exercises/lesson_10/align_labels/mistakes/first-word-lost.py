def align(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        if not word:
            labels.append(-100)
        elif word != previous:
            labels.append(word_labels[word])
        elif word_labels[word] % 2 == 1:
            labels.append(word_labels[word] + 1)
        else:
            labels.append(word_labels[word])
        previous = word
    return labels
