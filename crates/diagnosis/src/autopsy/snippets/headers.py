import base64
import hashlib
import hmac
import re
import time


# Flask: request.get_data() is the raw bytes. FastAPI: await request.body().
def verify(raw_body: bytes, headers, secret: str, now: float | None = None) -> bool:
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    msg_id, sent = headers.get("{FAMILY}-id", ""), headers.get("{FAMILY}-timestamp", "")
    if not msg_id or not re.fullmatch(r"[0-9]{1,12}", sent):
        return False
    text = f"{msg_id}.{sent}.".encode() + raw_body
    expected = b"v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
    given = headers.get("{HEADER}", "").split(" ")
    matches = any(hmac.compare_digest(value.encode(), expected) for value in given)
    return matches and abs((time.time() if now is None else now) - int(sent)) <= 300
