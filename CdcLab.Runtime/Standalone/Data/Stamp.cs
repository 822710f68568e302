using System.Text.Json;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>What made a data directory, so that nothing older or other opens it.</summary>
internal sealed record Stamp
{
    private const int ThisFormat = 1;

    /// <summary>The version of this file's shape.</summary>
    public int Format { get; init; } = ThisFormat;

    /// <summary><c>embedded</c> or <c>container</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>Kafka's series, e.g. <c>3.5</c>; null before its first start.</summary>
    public string? KafkaSeries { get; init; }

    /// <summary>MySQL's series, e.g. <c>9.7</c>; null before its first start.</summary>
    public string? MySqlSeries { get; init; }

    /// <summary>The Kafka cluster's id; null before its first start.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The stamp of a directory that holds nothing yet.</summary>
    public static Stamp Of(LabRuntimeKind runtime) => new() { Runtime = runtime == LabRuntimeKind.Container ? "container" : "embedded" };

    public static Stamp? Read(DataDirectory directory)
    {
        if (!File.Exists(directory.StampPath))
            return null;
        string why = "it does not say what it should";
        try
        {
            if (JsonSerializer.Deserialize<Stamp>(File.ReadAllText(directory.StampPath), LabJson.Options) is { Runtime: not null } stamp && IsSeries(stamp.KafkaSeries) && IsSeries(stamp.MySqlSeries))
            {
                return stamp.Format == ThisFormat
                    ? stamp
                    : throw new UnavailableException($"{directory.StampPath} was written by another version of this program (format {stamp.Format}, and this one knows {ThisFormat}); use that version, or another Lab:DataDirectory.");
            }
        }
        catch (JsonException broken)
        {
            why = broken.Message.TrimEnd('.');
        }

        throw new UnavailableException($"{directory.StampPath} cannot be read ({why}); if the data is not needed, delete the folder {directory.Path}.");
    }

    public void Write(DataDirectory directory) => DataDirectory.WritePrivate(directory.StampPath, JsonSerializer.Serialize(this, LabJson.Indented));

    /// <summary>This stamp with what is about to run, where that may open the data.</summary>
    /// <exception cref="UnavailableException">The data was written by something newer.</exception>
    public Stamp Admit(DataDirectory directory, Version mySql, string kafkaVersion)
    {
        Version kafka = Version.Parse(kafkaVersion);
        Refuse(directory, "MySQL", MySqlSeries, mySql, "MYSQL_HOME");
        Refuse(directory, "Kafka", KafkaSeries, kafka, "KAFKA_HOME");
        return this with { MySqlSeries = $"{mySql.Major}.{mySql.Minor}", KafkaSeries = $"{kafka.Major}.{kafka.Minor}" };
    }

    private static bool IsSeries(string? text) => text is null || Version.TryParse(text, out _);

    // Newer servers open older data, never the reverse. Across Kafka's 1.0 (ZooKeeper 3.4 to 3.6 lies behind it) not even that.
    private static void Refuse(DataDirectory directory, string what, string? series, Version version, string variable)
    {
        if (series is null)
            return;
        Version written = Version.Parse(series);
        if (written <= new Version(version.Major, version.Minor) && (what != "Kafka" || written.Major == 0 == (version.Major == 0)))
            return;
        KafkaStandIn? standIn = what == "Kafka" ? KafkaStandIn.Known : null;
        string writer = standIn?.Series == series ? standIn.Description : $"{what} {series}";
        string remedy = standIn?.Series == series ? "that one (Lab:Kafka:Source=npm)" : $"a {what} {series} ({variable})";
        string now = standIn?.Version == version.ToString() ? standIn.Description : $"{what} {version}";
        throw new UnavailableException($"The data in {directory.Path} was written by {writer}, and {now} cannot open it; use {remedy}, another Lab:DataDirectory, or make new data with 'reset'.");
    }
}
