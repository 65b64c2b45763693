import { createHmac, timingSafeEqual } from "node:crypto";

// Express: app.post("/hooks", express.raw({ type: "*/*" }), (req, res) => …): req.body is the raw bytes.
export function verify(rawBody, headers, secret, now = Math.floor(Date.now() / 1000)) {
  const parts = (headers["{HEADER}"] ?? "").split(",").map((part) => part.split("=", 2));
  const times = parts.filter(([key]) => key === "t").map(([, value]) => value);
  if (times.length !== 1 || !/^\d{1,12}$/.test(times[0])) return false;
  const expected = createHmac("sha256", secret).update(`${times[0]}.`).update(rawBody).digest();
  const matches = parts.some(([key, value]) => {
    const given = key === "v1" && /^[0-9a-f]{64}$/i.test(value ?? "") ? Buffer.from(value, "hex") : null;
    return given !== null && timingSafeEqual(given, expected);
  });
  return matches && Math.abs(now - Number(times[0])) <= 300;
}
