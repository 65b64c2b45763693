[BASE64]import base64
import hashlib
import hmac


# Flask: request.get_data() is the raw bytes. FastAPI: await request.body().
def verify(raw_body: bytes, headers, secret: str) -> bool:
    digest = hmac.new(secret.encode(), raw_body, hashlib.sha256)
[HEX]    expected = "{PREFIX}" + digest.hexdigest()
[HEX]    given = headers.get("{HEADER}", "").lower()
[BASE64]    expected = base64.b64encode(digest.digest()).decode()
[BASE64]    given = headers.get("{HEADER}", "")
    return hmac.compare_digest(given.encode(), expected.encode())
