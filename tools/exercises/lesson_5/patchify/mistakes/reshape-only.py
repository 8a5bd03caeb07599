def patches(image, size):
    h, w, c = image.shape
    if h % size != 0 or w % size != 0:
        raise ValueError("size does not fit")
    n = (h // size) * (w // size)
    return image.reshape(n, size * size * c)
