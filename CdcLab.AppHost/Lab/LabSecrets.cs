using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace CdcLab.AppHost.Lab;

/// <summary>The passwords and tokens of a lab, generated once and kept in its data directory, readable by its owner only.</summary>
/// <param name="Root">Password of MySQL's root.</param>
/// <param name="Debezium">Password of <c>debezium</c>.</param>
/// <param name="Simulator">Password of <c>simulator</c>.</param>
/// <param name="KafkaUi">Password of Kafka UI's login.</param>
/// <param name="Token">Bearer token of both services' APIs.</param>
/// <param name="DashboardToken">The token of the dashboard's link.</param>
internal sealed record LabSecrets(string Root, string Debezium, string Simulator, string KafkaUi, string Token, string DashboardToken)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "secrets.json";

    private const int Characters = 24;

    /// <summary>All of them.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> All => [Root, Debezium, Simulator, KafkaUi, Token, DashboardToken];

    /// <summary>Whether a file had all of them.</summary>
    [JsonIgnore]
    public bool IsWhole => All.All(s => s is { Length: > 0 });

    /// <summary>New ones: letters, digits and a dash, so that no shell, file format or connection string needs quotes.</summary>
    public static LabSecrets Generate() => new(Text(), Text(), Text(), Text(), Text(), Text());

    // A password policy may ask for an upper-case letter, a lower-case one, a digit and a special character.
    private static string Text() => "Aa1-" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", Characters);
}
