using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

static class Signature
{
    // Header: {HEADER}. Body: the raw bytes, read from Request.Body before any model binding.
    public static bool Verify(byte[] rawBody, string header, string secret, long now)
    {
        var parts = header.Split(',').Select(part => part.Split('=', 2)).ToList();
        var times = parts.Where(p => p[0] == "t" && p.Length == 2).Select(p => p[1]).ToList();
        if (times.Count != 1 || !Regex.IsMatch(times[0], @"\A[0-9]{1,12}\z")) return false;
        byte[] text = [.. Encoding.UTF8.GetBytes(times[0] + "."), .. rawBody];
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text);
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexString(digest));
        var matches = false;
        foreach (var part in parts.Where(p => p[0] == "v1" && p.Length == 2))
            matches |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(part[1].ToUpperInvariant()), expected);
        return matches && Math.Abs(now - long.Parse(times[0])) <= 300;
    }
}
