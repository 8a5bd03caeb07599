import time

import openai


def call_with_retry(request, attempts, wait):
    for attempt in range(attempts):
        try:
            return request()
        except openai.RateLimitError:
            if attempt == attempts - 1:
                raise
        time.sleep(wait * 2**attempt)
