import time


def call_with_retry(request, attempts, wait):
    last = None
    for attempt in range(attempts):
        try:
            return request()
        except Exception as error:
            if not (error.status_code == 429 or error.status_code >= 500):
                raise
            last = error
            time.sleep(wait * 2**attempt)
    raise last
