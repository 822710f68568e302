namespace CdcLab.Model.Live;

/// <summary>What a check found.</summary>
public enum Outcome
{
    /// <summary>It looked, and the promise holds.</summary>
    Ok,

    /// <summary>It looked, and the promise does not hold.</summary>
    Failed,

    /// <summary>It could not look.</summary>
    Unknown,
}
