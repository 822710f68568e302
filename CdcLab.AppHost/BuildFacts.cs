using System.Reflection;

namespace CdcLab.AppHost;

/// <summary>What the build has written into this program.</summary>
internal static class BuildFacts
{
    /// <summary>Why this build has the host that it has, in words.</summary>
    public static string HostBecause => Read("Host:Because");

    /// <summary>The version of Aspire that this solution is written for.</summary>
    public static string AspireVersion => Read("Host:AspireVersion");

    /// <summary>The folder of the solution.</summary>
    public static string Solution => Read("Host:Solution");

    private static string Read(string key) => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
