using Microsoft.Extensions.Configuration;

namespace CdcLab.Model.Options;

/// <summary>Reads the section <c>Lab</c> of a configuration: all wrong values at once, each as one line.</summary>
public static class LabConfiguration
{
    /// <summary>Reads and validates. Where a value cannot be read, its default stands in, so that the rest can still be judged.</summary>
    /// <param name="faults">What is wrong, one line each; empty where the options can be used.</param>
    /// <param name="alsoKnown">Sections below <c>Lab</c> that are not options, e.g. what the AppHost hands a service.</param>
    public static LabOptions Read(IConfiguration configuration, out IReadOnlyList<string> faults, params IReadOnlyCollection<string> alsoKnown)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        List<OptionFault> found = [];
        Dictionary<string, string?> readable = [];
        foreach ((string key, string? text) in configuration.GetSection(LabOptions.Section).AsEnumerable())
        {
            // A variable that is called LAB and nothing more is somebody else's.
            if (text is null || key.Equals(LabOptions.Section, StringComparison.OrdinalIgnoreCase) || alsoKnown.Any(section => $"{key}:".StartsWith($"{LabOptions.Section}:{section}:", StringComparison.OrdinalIgnoreCase)))
                continue;
            if (OptionCatalog.Get(key) is not { } option)
                found.Add(Unknown(key, text));
            else if (text.Any(char.IsControl))
                found.Add(new(option.Key, text, $"has a control character in it; leave it out"));
            else if (option.ToBindable(text) is { } bindable)
                readable[option.Key] = bindable;
            else
                found.Add(new(option.Key, text, $"cannot be read; use {option.Form}"));
        }

        LabOptions options = new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(LabOptions.Section).Get<LabOptions>() ?? new();
        if (options.Runtime == LabRuntime.Embedded)
            options = options with { Runtime = LabRuntime.Process };
        faults = [.. found.Select(f => f.ToString()), .. new LabOptionsValidator([.. found.Select(f => f.Setting)]).Validate(null, options).Failures ?? []];
        return options;
    }

    /// <summary>Every option as an environment variable for a service, e.g. <c>Lab__Kafka__Brokers</c>, with its text as it stands.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ToVariables(LabOptions options) =>
        from option in OptionCatalog.All
        let text = option.Text(options)
        where text is not null
        select KeyValuePair.Create(option.Variable, text);

    /// <summary>The known key that is most like an unknown one.</summary>
    public static string Nearest(string key) =>
        OptionCatalog.All.Select(o => o.Key).MinBy(known => (!IsPrefix(known, key), NameDistance(known, key), Distance(known.ToUpperInvariant(), key.ToUpperInvariant())))!;

    /// <summary>The known name that is most like an unknown one.</summary>
    public static string Nearest(string name, IEnumerable<string> known) => known.MinBy(k => Distance(k.ToUpperInvariant(), name.ToUpperInvariant()))!;

    // The name itself says more than the sections before it: Lab:Brokers means Lab:Kafka:Brokers. Beyond two letters names have nothing in common.
    private static int NameDistance(string known, string key) => Math.Min(3, Distance(Name(known), Name(key)));

    // Nor is a name that somebody cut short far from the whole: Lab:DataDir.
    private static bool IsPrefix(string known, string key) => Name(key).Length > 2 && Name(known).StartsWith(Name(key), StringComparison.Ordinal);

    private static string Name(string key) => key[(key.LastIndexOf(':') + 1)..].ToUpperInvariant();

    private static OptionFault Unknown(string key, string text)
    {
        OptionEntry? inside = OptionCatalog.All.FirstOrDefault(o => o.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));
        return new(key, text, inside is null ? $"is not a setting; the nearest is {Nearest(key)}" : $"is a section, not a setting; use one of its settings, e.g. {inside.Key}");
    }

    // Levenshtein's distance, with one row.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        foreach (char letter in a)
        {
            int diagonal = row[0]++;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (letter == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}

/// <summary>A value that is refused: which, what it was, what is wrong, and what to do instead. One line for a person.</summary>
/// <param name="Setting">The setting's key, e.g. <c>Lab:Kafka:Heap</c>.</param>
/// <param name="Value">The value as it was given; null where there is none.</param>
/// <param name="Problem">What is wrong, and after a semicolon what to do instead.</param>
public sealed record OptionFault(string Setting, string? Value, string Problem)
{
    private const int LongestShown = 120;

    public override string ToString() => Short(Setting) + (Value is null ? "" : $" = {Short(Value)}") + $": {Problem}";

    /// <summary>A text as one line: neither a line break nor a mark that turns the direction of writing may change what the terminal shows.</summary>
    public static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : c));

    private static string Short(string value)
    {
        string shown = OneLine(value);
        return shown.Length == 0 ? "(empty)" : shown.Length <= LongestShown ? shown : shown[..(LongestShown - 3)] + "...";
    }
}
