import time


def call_with_retry(request, attempts, wait):
    for attempt in range(attempts):
        try:
            return request()
        except Exception as error:
            if attempt == attempts - 1 or not (error.status_code == 429 or error.status_code >= 500):
                raise
        wait *= 2
        time.sleep(wait)
