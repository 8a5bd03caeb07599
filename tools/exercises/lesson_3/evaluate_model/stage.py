"""Beside the learner's code: a classifier whose logits come from the judge, and a small real tokenizer."""

from types import SimpleNamespace

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast
from transformers.modeling_outputs import SequenceClassifierOutput

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


class TextClassifier(torch.nn.Module):
    """Looks like a sequence classifier of transformers; tells the judge how it is called."""

    def __init__(self, forward, classes):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.config = SimpleNamespace(num_labels=classes, max_position_embeddings=512)
        self._logits = forward

    @property
    def device(self):
        return self.weight.device

    def forward(self, input_ids=None, attention_mask=None, token_type_ids=None, **_):
        if not isinstance(input_ids, torch.Tensor) or input_ids.dim() != 2:
            raise TypeError("input_ids should be a torch tensor of shape [texts, tokens]")
        if attention_mask is not None and attention_mask.shape != input_ids.shape:
            raise ValueError("attention_mask should have the shape of input_ids")
        gradients = torch.is_grad_enabled() and any(each.requires_grad for each in self.parameters())
        logits = self._logits(input_ids, attention_mask, self.training, gradients)
        return SequenceClassifierOutput(logits=torch.from_numpy(logits).float() + 0 * self.weight)


def classifier(forward, classes):
    """A classifier in training mode, as a new module is."""
    return TextClassifier(forward, classes).train()


def word_tokenizer(words):
    """A tokenizer with a token for each word, [CLS] and [SEP] around a text, and room for 512 tokens."""
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *words])}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=512,
    )
