namespace CdcLab.Model.Options;

/// <summary>Sizes as people write them: <c>768m</c>, <c>768MiB</c>, <c>1g</c> or plain bytes. All units are powers of 1,024, as Docker's and Java's are.</summary>
public static class ByteSize
{
    public const long KiB = 1024;
    public const long MiB = 1024 * KiB;
    public const long GiB = 1024 * MiB;

    // Long suffixes before those in which they end.
    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("kib", KiB), ("mib", MiB), ("gib", GiB), ("kb", KiB), ("mb", MiB), ("gb", GiB), ("k", KiB), ("m", MiB), ("g", GiB), ("b", 1), ("", 1),
    ];

    /// <summary>Reads a size of 0 or more bytes that fits 64 bits.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        string trimmed = text?.Trim() ?? "";
        (string suffix, long unit) = Units.First(u => trimmed.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        bool isSize = long.TryParse(trimmed[..^suffix.Length].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count <= long.MaxValue / unit;
        bytes = isSize ? count * unit : 0;
        return isSize;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads back as the same bytes: <c>1g</c>, <c>768m</c>, <c>512k</c> or plain bytes.</summary>
    public static string ToText(long bytes) => bytes switch
    {
        > 0 when bytes % GiB == 0 => $"{bytes / GiB}g",
        > 0 when bytes % MiB == 0 => $"{bytes / MiB}m",
        > 0 when bytes % KiB == 0 => $"{bytes / KiB}k",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A size in MiB for people, rounded to the nearest: <c>1,024 MiB</c>.</summary>
    public static string ToMiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(bytes / (double)MiB):N0} MiB");
}

/// <summary>The range of an option that is a size in bytes, in the form of <see cref="ByteSize"/>; without <paramref name="most"/> there is no upper limit.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(string least, string? most = null) : ValidationAttribute
{
    public string Least { get; } = least;
    public string? Most { get; } = most;

    public override bool IsValid(object? value) => value is long bytes && bytes >= Bytes(Least) && (Most is null || bytes <= Bytes(Most));

    public override string FormatErrorMessage(string name) => Most is null ? $"is too small; use {Least} or more" : $"is out of range; use {Least} to {Most}";

    private static long Bytes(string text) => ByteSize.TryParse(text, out long bytes) ? bytes : throw new FormatException($"'{text}' is not a size.");
}
