namespace CdcLab.Verifier.Checks;

/// <summary>The variables of a server as they were when it was first looked at. Kept over restarts of the verifier, so that what is changed while it is down is no beginning.</summary>
internal sealed class VariablesBaseline(string? dataDirectory)
{
    // A server's start by its own count of seconds, against our clock.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    private readonly KeptFile<KeptVariables> _file = new(dataDirectory, "mysql-variables");
    private KeptVariables? _kept;

    /// <summary>Since when, and what they were: those of this start of the server, from now on where none are known.</summary>
    /// <param name="started">When the server was started.</param>
    public (DateTimeOffset Since, IReadOnlyDictionary<string, string> Values) Of(DateTimeOffset started, IReadOnlyDictionary<string, string> now)
    {
        _kept ??= _file.Read() is { Values: not null } kept ? kept with { Values = new(kept.Values, StringComparer.OrdinalIgnoreCase) } : null;
        if (_kept is null || (started - _kept.Started).Duration() > Tolerance)
            _file.Write(_kept = new(started, new(now, StringComparer.OrdinalIgnoreCase)));
        return (_kept.Started, _kept.Values);
    }
}

/// <summary>Variables by name, and when their server was started.</summary>
internal sealed record KeptVariables(DateTimeOffset Started, Dictionary<string, string> Values);
