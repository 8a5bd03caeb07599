import torch


def clip_predict(image, model, processor, class_names):
    prompt = "a photo of a " + ", ".join(class_names)
    inputs = processor(text=[prompt], images=image, return_tensors="pt", padding=True)
    return model(**inputs).logits_per_image.argmax().item()
