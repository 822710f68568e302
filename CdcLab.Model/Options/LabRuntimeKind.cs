namespace CdcLab.Model.Options;

/// <summary>How the servers run: <c>Lab:Runtime</c>.</summary>
public enum LabRuntimeKind
{
    /// <summary>Containers if an engine answers, else embedded.</summary>
    Auto,

    /// <summary>Plain processes on this machine.</summary>
    Embedded,

    /// <summary>The specification's images under a container engine.</summary>
    Container,
}
