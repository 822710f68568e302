using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>Takes the secrets out of what is shown of a launch: by value where they are known, by name where a name says what it holds.</summary>
internal sealed class SecretMask(IEnumerable<string> secrets)
{
    private static readonly string[] Telling = ["PASSWORD", "PASSWD", "_PWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "HEADERS", "CREDENTIAL"];

    private readonly string[] _secrets = [.. secrets.Where(s => s.Length > 0)];

    /// <summary>The same launch without its secrets.</summary>
    public LaunchDetails Mask(LaunchDetails launch) => launch with
    {
        Arguments = [.. launch.Arguments.Select(a => Mask(a))],
        Environment = [.. launch.Environment.Select(v => Tells(v.Name) || Holds(v.Value) ? new(v.Name, LaunchDetails.Masked, true) : v)],
    };

    private LaunchArgument Mask(LaunchArgument argument)
    {
        int sign = argument.Text.IndexOf('=', StringComparison.Ordinal);
        string? name = sign > 0 ? argument.Text[..sign] : null;
        if (!Holds(argument.Text) && (name is null || !Tells(name)))
            return argument;
        return new(name is null || Holds(name) ? LaunchDetails.Masked : $"{name}={LaunchDetails.Masked}", true);
    }

    private bool Holds(string text) => _secrets.Any(s => text.Contains(s, StringComparison.Ordinal));

    // Options of MySQL have dashes where variables have underscores.
    private static bool Tells(string name) => Telling.Any(t => name.Replace('-', '_').Contains(t, StringComparison.OrdinalIgnoreCase));
}
