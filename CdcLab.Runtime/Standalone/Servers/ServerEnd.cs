using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>How a launch of a server or service ended.</summary>
/// <param name="ExitCode">Its exit code, 128 + the signal where one ended it; null where nobody can tell any more.</param>
/// <param name="OomKilled">Whether the kernel ended it for its memory cap.</param>
/// <param name="Because">A word more; null for none.</param>
internal sealed record ServerEnd(int? ExitCode, bool OomKilled = false, string? Because = null)
{
    /// <summary>The end in words, e.g. <c>exit code 137, killed by the kernel for its memory cap</c>.</summary>
    public string Text => EndWords.Of(ExitCode, OomKilled, Because);
}
