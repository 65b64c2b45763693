import hashlib
import hmac
import re
import time


# Flask: request.get_data() is the raw bytes. FastAPI: await request.body().
def verify(raw_body: bytes, headers, secret: str, now: float | None = None) -> bool:
    parts = [part.partition("=") for part in headers.get("{HEADER}", "").split(",")]
    times = [value for key, _, value in parts if key == "t"]
    if len(times) != 1 or not re.fullmatch(r"[0-9]{1,12}", times[0]):
        return False
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + raw_body, hashlib.sha256).hexdigest()
    given = [value.lower() for key, _, value in parts if key == "v1"]
    matches = any(hmac.compare_digest(value.encode(), expected.encode()) for value in given)
    return matches and abs((time.time() if now is None else now) - int(times[0])) <= 300
