import time


def call_with_retry(request, attempts, wait):
    for attempt in range(attempts):
        try:
            return request()
        except Exception as error:
            if not (error.status_code == 429 or error.status_code >= 500):
                raise
        if attempt < attempts - 1:
            time.sleep(wait * 2**attempt)
    return None
