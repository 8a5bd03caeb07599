import time


def call_with_retry(request, attempts, wait):
    answer = None
    for attempt in range(attempts):
        try:
            answer = request()
            if answer:
                return answer
        except Exception as error:
            if attempt == attempts - 1 or not (error.status_code == 429 or error.status_code >= 500):
                raise
        time.sleep(wait * 2**attempt)
    return answer
