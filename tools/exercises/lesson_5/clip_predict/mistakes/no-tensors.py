import torch


def clip_predict(image, model, processor, class_names):
    prompts = ["a photo of a " + name for name in class_names]
    inputs = processor(text=prompts, images=image, padding=True)
    return model(**inputs).logits_per_image[0].argmax().item()
