using System.Security.Cryptography;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Reads the <c>.sha512</c> file that lies beside a release archive, and computes what it should say.</summary>
internal static class Sha512File
{
    private const int HexDigits = 128;

    /// <summary>Finds the digest of <paramref name="fileName"/> in <paramref name="text"/>; null when there is none or more than one.</summary>
    /// <remarks>
    /// Two forms are in use: <c>sha512sum</c>'s "digest  name", and that of Apache's <c>gpg --print-md</c>, "name: ABCD 1234 ...", broken
    /// into groups of digits over several lines.
    /// </remarks>
    /// <returns>128 hexadecimal digits in lower case.</returns>
    public static string? Parse(string text, string fileName)
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            // "*" before the name says that sha512sum read the file as binary. A bare digest names no file, so it can only be this one's.
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 1 or 2 && IsDigest(words[0]) && (words.Length == 1 || words[1].TrimStart('*') == fileName))
                digests.Add(words[0].ToLowerInvariant());
        }

        var name = text.IndexOf(fileName + ":", StringComparison.Ordinal);
        if (name >= 0 && text[..name].AsSpan().Trim().IsEmpty)
        {
            var joined = string.Concat(text[(name + fileName.Length + 1)..].Where(c => !char.IsWhiteSpace(c)));
            if (IsDigest(joined))
                digests.Add(joined.ToLowerInvariant());
        }

        return digests.Count == 1 ? digests.Single() : null;
    }

    /// <summary>The digest of a file.</summary>
    /// <returns>128 hexadecimal digits in lower case.</returns>
    public static async Task<string> OfAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA512.HashDataAsync(stream, cancellationToken));
    }

    private static bool IsDigest(string text) => text.Length == HexDigits && text.All(char.IsAsciiHexDigit);
}
