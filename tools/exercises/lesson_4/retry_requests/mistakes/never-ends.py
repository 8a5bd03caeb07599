import time


def call_with_retry(request, attempts, wait):
    while True:
        try:
            return request()
        except Exception as error:
            if not (error.status_code == 429 or error.status_code >= 500):
                raise
        time.sleep(wait)
        wait *= 2
