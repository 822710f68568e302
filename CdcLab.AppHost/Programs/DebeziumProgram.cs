namespace CdcLab.AppHost.Programs;

/// <summary>A folder with Connect's own libraries (<c>libs/</c>) and Debezium's connector (<c>plugins/</c>): <c>DEBEZIUM_HOME</c>.</summary>
internal sealed record DebeziumProgram(string Home)
{
    public const string Variable = "DEBEZIUM_HOME";
    private const string WhatToSet = $"Set {Variable} to a folder with libs/ (Kafka Connect 4.1) and plugins/ (Debezium's MySQL connector 3.5); docs/debezium.md says how to make one.";

    /// <summary>Why it cannot be used; null where it can.</summary>
    public static string? Fault(Func<string, string?> environment)
    {
        string? home = environment(Variable);
        return string.IsNullOrEmpty(home) ? $"{Variable} is not set. {WhatToSet}"
            : !Has(Path.Combine(home, "libs"), "connect-runtime-*.jar") ? $"{Variable}, {home}, has no libs/connect-runtime-*.jar. {WhatToSet}"
            : !Has(Path.Combine(home, "plugins"), "debezium-connector-mysql-*.jar") ? $"{Variable}, {home}, has no debezium-connector-mysql-*.jar below plugins/. {WhatToSet}"
            : null;
    }

    /// <exception cref="ProgramUnavailableException">It is not set, or not such a folder.</exception>
    public static DebeziumProgram Find(Func<string, string?> environment) =>
        Fault(environment) is { } fault ? throw new ProgramUnavailableException(fault) : new(Path.GetFullPath(environment(Variable)!));

    private static bool Has(string folder, string pattern) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Any();
}
