using System.Text;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;

namespace CdcLab.Model.Containers;

/// <summary>The <c>.env</c> beside a <c>compose.yaml</c>: the secrets, and the settings that the file was made from, so that the lab can be checked from outside.</summary>
/// <param name="Secrets">Passwords by variable.</param>
/// <param name="Settings">The lab's settings by key, e.g. <c>Lab:PortBase</c>.</param>
public sealed record EnvFile(IReadOnlyDictionary<string, string> Secrets, IReadOnlyList<KeyValuePair<string, string?>> Settings)
{
    private const string SettingPrefix = "Lab__";

    /// <summary>Every secret that such a lab has, by variable.</summary>
    public static IReadOnlyList<string> SecretNames { get; } =
        [ComposeText.Variable(ContainerSecret.MySqlRoot), .. DatabaseUser.All.Select(MySqlInitText.Variable), ComposeText.Variable(ContainerSecret.KafkaUi)];

    /// <summary>Makes one of a lab's options.</summary>
    /// <param name="secrets">Passwords by variable.</param>
    /// <param name="options">The options.</param>
    /// <returns>The file.</returns>
    public static EnvFile Of(IReadOnlyDictionary<string, string> secrets, LabOptions options) =>
        // Where data lies on the machine that wrote the file is nobody's business in a folder that may be taken elsewhere.
        new(secrets, [.. LabSettings.Write(options with { DataDirectory = null }).Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);

    /// <summary>Writes the file.</summary>
    /// <returns>Its text.</returns>
    public string Write()
    {
        StringBuilder text = new("# Secrets of this lab: keep the file to yourself. MySQL takes its passwords from here when its volume is new.\n");
        foreach (string name in SecretNames)
            text.Append(name).Append('=').Append(Quote(Secrets[name])).Append('\n');
        text.Append("# The settings that compose.yaml was made from; 'verify --env-file' reads them. Changing them here changes nothing else.\n");
        foreach ((string key, string? value) in Settings)
            text.Append(key.Replace(":", "__", StringComparison.Ordinal)).Append('=').Append(Quote(value ?? "")).Append('\n');
        return text.ToString();
    }

    /// <summary>Reads a file.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>What is in it; a line that is none of the kind is passed over.</returns>
    public static EnvFile Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, string> secrets = new(StringComparer.Ordinal);
        List<KeyValuePair<string, string?>> settings = [];
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
                continue;
            string name = line[..at].Trim();
            string value = Unquote(line[(at + 1)..].Trim());
            if (name.StartsWith(SettingPrefix, StringComparison.OrdinalIgnoreCase))
                settings.Add(new(name.Replace("__", ":", StringComparison.Ordinal), value));
            else
                secrets[name] = value;
        }

        return new(secrets, settings);
    }

    // In single quotes Compose takes everything as it stands, but for \' and \\.
    private static string Quote(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || "._:/+,-".Contains(c, StringComparison.Ordinal))
        ? value
        : $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Unquote(string value) => value.Length >= 2 && value[0] == '\'' && value[^1] == '\''
        ? value[1..^1].Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
        : value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
}
