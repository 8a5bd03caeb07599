"""Beside the learner's code: a model and a processor like CLIP's, whose embeddings come from the judge.

A text's token ids are the numbers of its letters, and pixels stay pixels, so that the judge sees what
was really passed to the model.
"""

import numpy as np
import torch
from PIL import Image

START, END = 1, 2
SIDE = 24


def make_model(embed_texts, embed_images):
    """The model, in evaluation mode as from_pretrained leaves it."""
    return CLIP(embed_texts, embed_images).eval()


def make_processor():
    """The processor that belongs to it."""
    return Processor()


def make_image(pixels, mode):
    """A PIL image of pixels [h, w, 3], in the mode "RGB", "RGBA" or "P"."""
    return Image.fromarray(pixels).convert(mode)


class Fields(dict):
    """Inputs or outputs by name, also as attributes; what transformers calls BatchFeature or ModelOutput."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key):
        return list(self.values())[key] if isinstance(key, (int, slice)) else dict.__getitem__(self, key)

    def to(self, *_, **__):
        return self

    def to_tuple(self):
        return tuple(self.values())


class Features(torch.Tensor):
    """Embeddings that are a tensor, as before transformers 5, and have `pooler_output`, as since."""

    @property
    def pooler_output(self):
        return self.as_subclass(torch.Tensor)


class CLIP(torch.nn.Module):
    """Both encoders are asked of the judge; comparing their vectors is done here, as in CLIPModel."""

    def __init__(self, embed_texts, embed_images):
        super().__init__()
        self.logit_scale = torch.nn.Parameter(torch.tensor(4.6052))
        self._embed_texts = embed_texts
        self._embed_images = embed_images

    @property
    def device(self):
        return self.logit_scale.device

    @property
    def dtype(self):
        return self.logit_scale.dtype

    def get_text_features(self, input_ids=None, attention_mask=None, position_ids=None, **_):
        vectors = self._embed_texts(_tensor(input_ids, "input_ids"))
        return torch.from_numpy(vectors).as_subclass(Features)

    def get_image_features(self, pixel_values=None, **_):
        vectors = self._embed_images(_tensor(pixel_values, "pixel_values"))
        return torch.from_numpy(vectors).as_subclass(Features)

    def forward(self, input_ids=None, pixel_values=None, attention_mask=None, **_):
        texts = self.get_text_features(input_ids).pooler_output
        images = self.get_image_features(pixel_values).pooler_output
        texts, images = texts / texts.norm(dim=-1, keepdim=True), images / images.norm(dim=-1, keepdim=True)
        per_text = texts @ images.T * self.logit_scale.exp()
        return Fields(
            logits_per_image=per_text.T, logits_per_text=per_text, text_embeds=texts, image_embeds=images
        )


class Tokenizer:
    """One token for each letter, between a start and an end mark."""

    pad_token_id, bos_token_id, eos_token_id, model_max_length = 0, START, END, 77

    def __call__(self, text=None, padding=False, truncation=False, return_tensors=None, **_):
        alone = isinstance(text, str)
        texts = [text] if alone else list(text)
        if not all(isinstance(each, str) for each in texts):
            raise ValueError("text input must be of type `str` or `list[str]`")
        rows = [[START, *map(ord, each), END] for each in texts]
        longest = max(map(len, rows))
        if padding:
            masks = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
            rows = [row + [0] * (longest - len(row)) for row in rows]
        else:
            masks = [[1] * len(row) for row in rows]
        if return_tensors is None:
            return Fields(input_ids=rows[0] if alone else rows, attention_mask=masks[0] if alone else masks)
        if len(set(map(len, rows))) > 1:
            raise ValueError(
                "Unable to create tensor, you should probably activate truncation and/or padding with "
                "'padding=True' 'truncation=True' to have batched tensors with the same length."
            )
        return Fields(input_ids=_made(rows, return_tensors), attention_mask=_made(masks, return_tensors))


class ImageProcessor:
    """Resizes images and brings their pixels to numbers from -1 to 1, channels first."""

    def __init__(self):
        self.size = {"height": SIDE, "width": SIDE}

    def __call__(self, images=None, return_tensors=None, **_):
        listed = list(images) if isinstance(images, (list, tuple)) else [images]
        pixels = np.stack([self._pixels(each) for each in listed])
        return Fields(pixel_values=_made(pixels, return_tensors) if return_tensors else list(pixels))

    def _pixels(self, image):
        if not isinstance(image, Image.Image):
            image = Image.fromarray(np.asarray(image).astype(np.uint8))
        small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.NEAREST)
        return (np.asarray(small, dtype=np.float32) / 127.5 - 1).transpose(2, 0, 1)


class Processor:
    """A tokenizer for the texts and an image processor for the images, in one."""

    def __init__(self):
        self.tokenizer = Tokenizer()
        self.image_processor = ImageProcessor()

    def __call__(self, images=None, text=None, padding=False, truncation=False, return_tensors=None, **_):
        if images is None and text is None:
            raise ValueError("You need to provide at least one input to call CLIPProcessor")
        if _texts(images) and not _texts(text):  # the order of before transformers 5: the texts first
            images, text = text, images
        fields = Fields()
        if text is not None:
            fields.update(self.tokenizer(text, padding, truncation, return_tensors))
        if images is not None:
            fields.update(self.image_processor(images, return_tensors))
        return fields


def _texts(value):
    first = value[0] if isinstance(value, (list, tuple)) and value else value
    return isinstance(first, str)


def _tensor(value, name):
    if not isinstance(value, torch.Tensor):
        raise ValueError(f"{name} should be a tensor, not {type(value).__name__}: see return_tensors")
    return value


def _made(rows, kind):
    array = np.asarray(rows)
    if kind == "np":
        return array
    if kind != "pt":
        raise ValueError(f"return_tensors should be 'pt' or 'np' here, not {kind!r}")
    return torch.from_numpy(array)
