namespace CdcLab.Model.Options;

/// <summary>Sizes as people write them: <c>768m</c>, <c>768MiB</c>, <c>1g</c> or plain bytes. All units are powers of 1,024, as Docker's and Java's are.</summary>
public static class ByteSize
{
    /// <summary>Bytes of one KiB.</summary>
    public const long KiB = 1024;

    /// <summary>Bytes of one MiB.</summary>
    public const long MiB = 1024 * KiB;

    /// <summary>Bytes of one GiB.</summary>
    public const long GiB = 1024 * MiB;

    private static readonly (string Suffix, long Unit)[] Units =
    [
        ("kib", KiB), ("mib", MiB), ("gib", GiB), ("kb", KiB), ("mb", MiB), ("gb", GiB), ("k", KiB), ("m", MiB), ("g", GiB), ("b", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="bytes">The size in bytes, 0 or more.</param>
    /// <returns>Whether the text is a size that fits 64 bits.</returns>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        string number = text?.Trim() ?? "";
        long unit = 1;
        foreach ((string suffix, long size) in Units)
        {
            if (!number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            number = number[..^suffix.Length].TrimEnd();
            unit = size;
            break;
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue / unit)
            return false;
        bytes = count * unit;
        return true;
    }

    /// <summary>Writes a size so that <see cref="TryParse"/> reads back the same bytes: <c>1g</c>, <c>768m</c>, <c>512k</c> or plain bytes.</summary>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>The shortest exact text.</returns>
    public static string ToText(long bytes) => bytes switch
    {
        > 0 when bytes % GiB == 0 => $"{bytes / GiB}g",
        > 0 when bytes % MiB == 0 => $"{bytes / MiB}m",
        > 0 when bytes % KiB == 0 => $"{bytes / KiB}k",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Writes a size in MiB for people, rounded to the nearest: <c>1,024 MiB</c>.</summary>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>The text.</returns>
    public static string ToMiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(bytes / (double)MiB):N0} MiB");
}
