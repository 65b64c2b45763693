using System.Security.Cryptography;
using System.Text;

static class Signature
{
    // Header: {HEADER}. Body: the raw bytes, read from Request.Body before any model binding.
    public static bool Verify(byte[] rawBody, string header, string secret)
    {
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), rawBody);
[HEX]        var expected = "{PREFIX}" + Convert.ToHexString(digest).ToLowerInvariant();
[HEX]        var given = header.ToLowerInvariant();
[BASE64]        var expected = Convert.ToBase64String(digest);
[BASE64]        var given = header;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
    }
}
