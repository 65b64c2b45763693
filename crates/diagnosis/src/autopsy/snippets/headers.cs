using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

static class Signature
{
    // Headers: {FAMILY}-id, {FAMILY}-timestamp, {HEADER}. Body: the raw bytes, before any model binding.
    public static bool Verify(byte[] rawBody, string id, string time, string signatures, string secret, long now)
    {
        if (id == "" || !Regex.IsMatch(time, @"\A[0-9]{1,12}\z")) return false;
        var key = secret.StartsWith("whsec_", StringComparison.Ordinal)
            ? Convert.FromBase64String(secret[6..])
            : Encoding.UTF8.GetBytes(secret);
        byte[] text = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. rawBody];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, text)));
        var matches = false;
        foreach (var given in signatures.Split(' '))
            matches |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
        return matches && Math.Abs(now - long.Parse(time)) <= 300;
    }
}
