using System.Text.RegularExpressions;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>The names that a lab makes in its data directory: nothing else in it is ever deleted.</summary>
internal static partial class LabFiles
{
    /// <summary>Whether a lab makes a file or folder of this name.</summary>
    /// <param name="name">A name without a path.</param>
    public static bool IsOurs(string name) => Names().IsMatch(name);

    [GeneratedRegex(@"^(config|dashboard|kafka-[1-9]|ledger|logs|mysql(\.initializing)?|tmp|zookeeper|host\.log|keep|lab\.lock|(run|secrets|stamp)\.json(\.new)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
