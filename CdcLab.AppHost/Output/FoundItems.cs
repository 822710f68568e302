using System.Globalization;
using CdcLab.Runtime.Standalone.Cleaning;

namespace CdcLab.AppHost.Output;

/// <summary>What a cleaning command found, one line each.</summary>
internal static class FoundItems
{
    public static void Print(IReadOnlyList<FoundItem> items)
    {
        foreach (FoundItem item in items)
            Terminal.Line($"  {(item.WhyKept is null ? "goes " : "stays")}  {Megabytes(item.Bytes),10}  {item.Path}{(item.WhyKept is null ? "" : $"   ({item.WhyKept})")}");
    }

    private static string Megabytes(long? bytes) => bytes is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:#,0.0} MiB");
}
