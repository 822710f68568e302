using System.Security.Cryptography;
using System.Text.Json;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>The lab's passwords and tokens: made once per data directory, kept in a file that only its user can read.</summary>
public sealed record LabSecrets
{
    /// <summary>Password of MySQL's root, which no service gets.</summary>
    public required string Root { get; init; }

    /// <summary>Password of <c>debezium</c>.</summary>
    public required string Debezium { get; init; }

    /// <summary>Password of <c>simulator</c>.</summary>
    public required string Simulator { get; init; }

    /// <summary>Password of Kafka UI's login.</summary>
    public string KafkaUi { get; init; } = "";

    /// <summary>The token of the dashboard's link.</summary>
    public string DashboardToken { get; init; } = "";

    /// <summary>The key with which telemetry is sent to the dashboard.</summary>
    public string DashboardOtlpKey { get; init; } = "";

    /// <summary>The key with which the dashboard asks the host what there is, and tells it what to do.</summary>
    public string DashboardServiceKey { get; init; } = "";

    /// <summary>Bearer token of the control endpoint and the services' APIs.</summary>
    public required string Token { get; init; }

    /// <summary>The secrets of a data directory, made where there are none yet. What an older version did not know is added.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="mySqlFolder">The folder of MySQL's data in it, which knows root's password.</param>
    /// <exception cref="UnavailableException">They are lost or damaged.</exception>
    /// <returns>The secrets.</returns>
    internal static LabSecrets ReadOrMake(DataDirectory directory, string mySqlFolder)
    {
        if (File.Exists(directory.SecretsPath))
        {
            LabSecrets kept = Read(directory);
            LabSecrets whole = kept.Completed();
            if (whole != kept)
                DataDirectory.WritePrivate(directory.SecretsPath, JsonSerializer.Serialize(whole, LabJson.Indented));
            return whole;
        }

        if (Directory.Exists(Path.Combine(directory.Path, mySqlFolder)))
            throw new UnavailableException($"{directory.SecretsPath} is missing, and without the passwords in it nobody can log in to the MySQL data beside it; put it back, use another Lab:DataDirectory, or, if the data is not needed, make new with 'reset'.");
        LabSecrets made = new LabSecrets { Root = Make(), Debezium = Make(), Simulator = Make(), Token = Make() }.Completed();
        DataDirectory.WritePrivate(directory.SecretsPath, JsonSerializer.Serialize(made, LabJson.Indented));
        return made;
    }

    /// <summary>The secrets of a data directory that has some. One that no lab of this version has run in may lack the later ones: they are empty.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>The secrets.</returns>
    /// <exception cref="UnavailableException">They are damaged.</exception>
    public static LabSecrets Read(DataDirectory directory)
    {
        string why = "it lacks a password";
        try
        {
            if (JsonSerializer.Deserialize<LabSecrets>(File.ReadAllText(directory.SecretsPath), LabJson.Options) is { Root.Length: > 0, Debezium.Length: > 0, Simulator.Length: > 0, Token.Length: > 0 } kept)
                return kept;
        }
        catch (JsonException broken)
        {
            why = broken.Message.TrimEnd('.');
        }

        throw new UnavailableException($"{directory.SecretsPath} cannot be read ({why}); put it back as it was, use another Lab:DataDirectory, or, if the data is not needed, make new with 'reset'.");
    }

    // Each of these was added after the first version: a file that lacks one is an older one's, and nothing depends on what it would have been.
    private LabSecrets Completed() => this with
    {
        KafkaUi = KeptOrMade(KafkaUi),
        DashboardToken = KeptOrMade(DashboardToken),
        DashboardOtlpKey = KeptOrMade(DashboardOtlpKey),
        DashboardServiceKey = KeptOrMade(DashboardServiceKey),
    };

    private static string KeptOrMade(string? kept) => kept is { Length: > 0 } ? kept : Make();

    // 32 letters and digits are 190 bits, and need no quoting anywhere.
    internal static string Make() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 32);
}
