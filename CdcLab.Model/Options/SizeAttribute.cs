namespace CdcLab.Model.Options;

/// <summary>An option that is a size in bytes, written as people write sizes (<see cref="ByteSize"/>).</summary>
/// <param name="least">The smallest that is allowed.</param>
/// <param name="most">The largest that is allowed; null for no limit.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(string least, string? most = null) : ValidationAttribute
{
    /// <summary>The smallest that is allowed.</summary>
    public string Least { get; } = least;

    /// <summary>The largest that is allowed; null for no limit.</summary>
    public string? Most { get; } = most;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is long bytes && bytes >= Bytes(Least) && (Most is null || bytes <= Bytes(Most));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => Most is null ? $"is too small; use {Least} or more" : $"is out of range; use {Least} to {Most}";

    private static long Bytes(string text) => ByteSize.TryParse(text, out long bytes) ? bytes : throw new FormatException($"'{text}' is not a size.");
}
