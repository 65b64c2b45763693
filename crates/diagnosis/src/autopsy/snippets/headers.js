import { createHmac, timingSafeEqual } from "node:crypto";

// Express: app.post("/hooks", express.raw({ type: "*/*" }), (req, res) => …): req.body is the raw bytes.
export function verify(rawBody, headers, secret, now = Math.floor(Date.now() / 1000)) {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const id = headers["{FAMILY}-id"] ?? "";
  const time = headers["{FAMILY}-timestamp"] ?? "";
  if (id === "" || !/^\d{1,12}$/.test(time)) return false;
  const expected = createHmac("sha256", key).update(`${id}.${time}.`).update(rawBody).digest();
  const matches = (headers["{HEADER}"] ?? "").split(" ").some((item) => {
    const given = item.startsWith("v1,") ? Buffer.from(item.slice(3), "base64") : Buffer.alloc(0);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return matches && Math.abs(now - Number(time)) <= 300;
}
