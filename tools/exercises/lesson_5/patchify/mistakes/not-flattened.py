def patches(image, size):
    h, w, c = image.shape
    if h % size or w % size:
        raise ValueError("size")
    return image.reshape(h // size, size, w // size, size, c).swapaxes(1, 2).reshape(-1, size, size, c)
