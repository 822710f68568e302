using System.Text.Json;

namespace CdcLab.AppHost.Drills;

/// <summary>The results of drills in a data directory, one file for each.</summary>
internal static class DrillHistory
{
    private const string Folder = "drills";

    public static Task WriteAsync(string dataDirectory, DrillOutcome outcome)
    {
        string folder = Directory.CreateDirectory(Path.Combine(dataDirectory, Folder)).FullName;
        string file = Path.Combine(folder, $"{outcome.Started.UtcDateTime:yyyyMMdd-HHmmss}-{outcome.Drill}.json");
        return File.WriteAllTextAsync(file, JsonSerializer.Serialize(outcome, LabJson.Indented));
    }

    /// <summary>The latest result of each drill, in the order of the drills; what cannot be read is left out.</summary>
    public static IReadOnlyList<DrillOutcome> Latest(string dataDirectory)
    {
        string folder = Path.Combine(dataDirectory, Folder);
        if (!Directory.Exists(folder))
            return [];
        DrillOutcome[] all = [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read).OfType<DrillOutcome>()];
        return [.. AllDrills.InOrder.Select(d => all.LastOrDefault(o => o.Drill == d.Name)).OfType<DrillOutcome>()];
    }

    // What an older version did not write is empty.
    internal static DrillOutcome? Parse(string json) => JsonSerializer.Deserialize<DrillOutcome>(json, LabJson.Options) is { } read
        ? read with { Prediction = read.Prediction with { Errors = read.Prediction.Errors ?? [] } }
        : null;

    private static DrillOutcome? Read(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
