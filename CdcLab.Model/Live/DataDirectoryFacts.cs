namespace CdcLab.Model.Live;

/// <summary>What was found where the data directory is to be.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="State">What is there.</param>
/// <param name="Word">A word more, e.g. what lies in a folder that is not ours; null for none.</param>
public sealed record DataDirectoryFacts(string Path, DataDirectoryState State, string? Word = null)
{
    /// <summary>Bytes that this user may still write on its disk; null where that could not be read.</summary>
    public long? FreeBytes { get; init; }
}
