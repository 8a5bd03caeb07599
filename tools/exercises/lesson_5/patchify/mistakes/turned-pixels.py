def patches(image, size):
    h, w, c = image.shape
    if h % size or w % size:
        raise ValueError("size")
    return (
        image.reshape(h // size, size, w // size, size, c)
        .transpose(0, 2, 3, 1, 4)
        .reshape(-1, size * size * c)
    )
