namespace CdcLab.Model.Live;

/// <summary>What a lab finds where its data directory is to be.</summary>
public enum DataDirectoryState
{
    /// <summary>Nothing; the folder can be made.</summary>
    Missing,

    /// <summary>An empty folder.</summary>
    Empty,

    /// <summary>A folder with a stamp of ours.</summary>
    Ours,

    /// <summary>A folder that is not empty and has no stamp of ours.</summary>
    NotOurs,

    /// <summary>Something that is no folder, or lies below something that is none.</summary>
    NotADirectory,

    /// <summary>A folder, or a place for one, that may not be written to.</summary>
    NotWritable,
}
