import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
[HEX]import java.util.HexFormat;
[HEX]import java.util.Locale;
[BASE64]import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Signature {
    /** Header: {HEADER}. Body: the raw bytes (Spring: {@code @RequestBody byte[]}). */
    static boolean verify(byte[] rawBody, String header, String secret) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
[HEX]        String expected = "{PREFIX}" + HexFormat.of().formatHex(mac.doFinal(rawBody));
[HEX]        byte[] given = header.toLowerCase(Locale.ROOT).getBytes(UTF_8);
[BASE64]        String expected = Base64.getEncoder().encodeToString(mac.doFinal(rawBody));
[BASE64]        byte[] given = header.getBytes(UTF_8);
        return MessageDigest.isEqual(given, expected.getBytes(UTF_8));
    }
}
