import torch


def clip_predict(image, model, processor, class_names):
    inputs = processor(text=class_names, images=image, return_tensors="pt", padding=True)
    with torch.no_grad():
        outputs = model(**inputs)
    return outputs.logits_per_image.argmax().item()
