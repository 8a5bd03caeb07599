"""Zero-shot classification with CLIP."""

from typing import Any

import torch
from PIL import Image


@torch.no_grad()
def clip_predict(image: Image.Image, model: Any, processor: Any, class_names: list[str]) -> int:
    """The place in the list of k `class_names` of the class whose description fits the image best."""
    prompts = [f"a photo of a {name}" for name in class_names]
    inputs = processor(text=prompts, images=image, return_tensors="pt", padding=True)
    return int(model(**inputs).logits_per_image[0].argmax())
