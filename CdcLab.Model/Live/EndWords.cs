using System.Globalization;

namespace CdcLab.Model.Live;

/// <summary>How a server or service ended, in words.</summary>
public static class EndWords
{
    /// <summary>Puts it in words, e.g. <c>exit code 137, killed by the kernel for its memory cap</c>.</summary>
    /// <param name="exitCode">Its exit code, 128 + the signal where one ended it; null where nobody can tell any more.</param>
    /// <param name="oomKilled">Whether the kernel ended it for its memory cap.</param>
    /// <param name="because">A word more; null for none.</param>
    /// <returns>The words, without a full stop.</returns>
    public static string Of(int? exitCode, bool oomKilled = false, string? because = null) =>
        $"{(exitCode is { } code ? $"exit code {code.ToString(CultureInfo.InvariantCulture)}" : "an unknown exit code")}{(oomKilled ? ", killed by the kernel for its memory cap" : "")}{(because is null ? "" : $" ({because.TrimEnd('.')})")}";
}
