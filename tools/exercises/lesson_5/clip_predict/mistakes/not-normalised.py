import torch


def clip_predict(image, model, processor, class_names):
    prompts = ["a photo of a " + name for name in class_names]
    texts = model.get_text_features(
        **processor(text=prompts, return_tensors="pt", padding=True)
    ).pooler_output
    pixels = processor(images=image, return_tensors="pt")
    picture = model.get_image_features(**pixels).pooler_output
    return (picture @ texts.T).argmax().item()
