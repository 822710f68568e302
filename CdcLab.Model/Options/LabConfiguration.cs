using Microsoft.Extensions.Configuration;

namespace CdcLab.Model.Options;

/// <summary>Reads the section <c>Lab</c> of a configuration: all wrong values at once, each as one line.</summary>
public static class LabConfiguration
{
    /// <summary>Reads and validates.</summary>
    /// <param name="configuration">The configuration, from whatever sources.</param>
    /// <param name="faults">What is wrong; empty where the options can be used.</param>
    /// <param name="alsoKnown">Sections below <c>Lab</c> that are not options, e.g. what the AppHost hands a service.</param>
    /// <returns>The options. Where a value cannot be read, its default stands in, so that the rest can still be judged.</returns>
    public static LabOptions Read(IConfiguration configuration, out IReadOnlyList<OptionFault> faults, params IReadOnlyCollection<string> alsoKnown)
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
                found.Add(new(option.Key, text, $"has a control character in it; use {option.Form}"));
            else if (option.ToBindable(text) is { } bindable)
                readable[option.Key] = bindable;
            else
                found.Add(new(option.Key, text, $"cannot be read; use {option.Form}"));
        }

        LabOptions options = new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(LabOptions.Section).Get<LabOptions>() ?? new();
        if (options.Runtime == LabRuntime.Embedded)
            options = options with { Runtime = LabRuntime.Process };
        found.AddRange(LabOptionsValidator.Faults(options, [.. found.Select(f => f.Setting)]));
        faults = found;
        return options;
    }

    /// <summary>The section as environment variables for a service: every option, with its text as it stands.</summary>
    /// <param name="options">The options.</param>
    /// <returns>Names such as <c>Lab__Kafka__Brokers</c> and their values.</returns>
    public static IEnumerable<KeyValuePair<string, string>> ToVariables(LabOptions options) =>
        from option in OptionCatalog.All
        let text = option.Text(options)
        where text is not null
        select KeyValuePair.Create(option.Variable, text);

    /// <summary>The known key that is most like an unknown one.</summary>
    /// <param name="key">The unknown key.</param>
    /// <returns>The nearest key.</returns>
    public static string Nearest(string key) =>
        OptionCatalog.All.Select(o => o.Key).MinBy(known => (!IsPrefix(known, key), NameDistance(known, key), Distance(known.ToUpperInvariant(), key.ToUpperInvariant())))!;

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
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
