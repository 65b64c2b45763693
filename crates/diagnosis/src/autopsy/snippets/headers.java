import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Signature {
    /** Headers: {FAMILY}-id, {FAMILY}-timestamp, {HEADER}. Body: the raw bytes (Spring: {@code @RequestBody byte[]}). */
    static boolean verify(byte[] rawBody, String id, String time, String signatures, String secret, long now)
            throws GeneralSecurityException {
        if (id == null || id.isEmpty() || time == null || !time.matches("[0-9]{1,12}")) return false;
        byte[] key = secret.startsWith("whsec_")
                ? Base64.getDecoder().decode(secret.substring(6))
                : secret.getBytes(UTF_8);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + time + ".").getBytes(UTF_8));
        byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(rawBody))).getBytes(UTF_8);
        boolean matches = false;
        for (String given : signatures.split(" ")) {
            matches |= MessageDigest.isEqual(given.getBytes(UTF_8), expected);
        }
        return matches && Math.abs(now - Long.parseLong(time)) <= 300;
    }
}
