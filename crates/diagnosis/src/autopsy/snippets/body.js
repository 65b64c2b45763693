import { createHmac, timingSafeEqual } from "node:crypto";

// Express: app.post("/hooks", express.raw({ type: "*/*" }), (req, res) => …): req.body is the raw bytes.
export function verify(rawBody, headers, secret) {
  const value = headers["{HEADER}"] ?? "";
  const prefix = "{PREFIX}";
  if (!value.startsWith(prefix)) return false;
[HEX]  const given = Buffer.from(value.slice(prefix.length), "hex");
[BASE64]  const given = Buffer.from(value.slice(prefix.length), "base64");
  const expected = createHmac("sha256", secret).update(rawBody).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
