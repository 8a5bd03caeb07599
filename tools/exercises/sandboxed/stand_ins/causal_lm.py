"""Beside the learner's code: a causal language model and its tokenizer, with the interface of transformers.

The logits come from the judge; the key-value cache is a real DynamicCache, whose keys hold the token
ids that it was filled with.
"""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast
from transformers.cache_utils import DynamicCache

SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")


class Output(dict):
    """What a call of the model returns: `logits` [batch, tokens, vocabulary] and `past_key_values`."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key):
        return dict.__getitem__(self, key) if isinstance(key, str) else self.to_tuple()[key]

    def to_tuple(self):
        return tuple(value for value in self.values() if value is not None)


class Config:
    """The few settings of a model that generation code looks at."""

    def __init__(self, vocabulary):
        self.vocab_size = vocabulary
        self.pad_token_id, self.bos_token_id, self.eos_token_id = 0, 1, 2
        self.use_cache = True
        self.is_encoder_decoder = False
        self.max_position_embeddings = 512


class CausalLM(torch.nn.Module):
    """A model whose forward pass is asked of the judge."""

    def __init__(self, vocabulary, forward, generate):
        super().__init__()
        self.config = self.generation_config = Config(vocabulary)
        self.scale = torch.nn.Parameter(torch.ones(1))
        self._judged = forward
        self._told = generate

    @property
    def device(self):
        return self.scale.device

    @property
    def dtype(self):
        return self.scale.dtype

    def forward(
        self,
        input_ids=None,
        attention_mask=None,
        position_ids=None,
        past_key_values=None,
        use_cache=None,
        return_dict=True,
        **_,
    ):
        if input_ids is None:
            raise ValueError("You have to specify input_ids")
        cached = _ids_in(past_key_values)
        logits = self._judged(input_ids, cached, attention_mask, torch.is_grad_enabled(), self.training)
        result = Output(logits=torch.from_numpy(logits) * self.scale)
        if use_cache is not False:
            cache = DynamicCache() if past_key_values is None else past_key_values
            keys = input_ids.to(torch.float32)[:, None, :, None]
            cache.update(keys, keys.clone(), 0)
            result["past_key_values"] = cache
        else:
            result["past_key_values"] = None
        return result if return_dict is not False else result.to_tuple()

    def generate(self, *args, **kwargs):
        self._told()
        raise RuntimeError("model.generate may not be used here: write the loop yourself")


def make_model(vocabulary, forward, generate):
    """The model, in evaluation mode as from_pretrained leaves it."""
    return CausalLM(vocabulary, forward, generate).eval()


def make_tokenizer(vocabulary):
    """A tokenizer with one token a word; the blank belongs to the word after it, as in GPT-2."""
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        clean_up_tokenization_spaces=False,
    )


def _ids_in(cache):
    """The token ids that a cache was filled with, as a tensor [1, n]."""
    if cache is None or cache.get_seq_length() == 0:
        return torch.zeros((1, 0), dtype=torch.long)
    return cache.layers[0].keys[:, 0, :, 0].to(torch.long)
