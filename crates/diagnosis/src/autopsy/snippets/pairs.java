import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Signature {
    /** Header: {HEADER}. Body: the raw bytes (Spring: {@code @RequestBody byte[]}). */
    static boolean verify(byte[] rawBody, String header, String secret, long now) throws GeneralSecurityException {
        String time = null;
        for (String part : header.split(",")) {
            if (!part.startsWith("t=")) continue;
            if (time != null) return false;
            time = part.substring(2);
        }
        if (time == null || !time.matches("[0-9]{1,12}")) return false;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        mac.update((time + ".").getBytes(UTF_8));
        byte[] expected = HexFormat.of().formatHex(mac.doFinal(rawBody)).getBytes(UTF_8);
        boolean matches = false;
        for (String part : header.split(",")) {
            if (!part.startsWith("v1=")) continue;
            byte[] given = part.substring(3).toLowerCase(Locale.ROOT).getBytes(UTF_8);
            matches |= MessageDigest.isEqual(given, expected);
        }
        return matches && Math.abs(now - Long.parseLong(time)) <= 300;
    }
}
