import time


def call_with_retry(request, attempts, wait):
    for attempt in range(attempts - 1):
        try:
            return request()
        except Exception as error:
            if attempt == attempts - 2 or not (error.status_code == 429 or error.status_code >= 500):
                raise
        time.sleep(wait * 2**attempt)
