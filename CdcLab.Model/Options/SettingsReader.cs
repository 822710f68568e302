namespace CdcLab.Model.Options;

/// <summary>Turns keys and texts, from wherever they come, into <see cref="LabOptions"/>, and finds every key and text that cannot be.</summary>
public static class SettingsReader
{
    /// <summary>Reads settings. Where a value cannot be read, the default stands in so that the rest can still be judged.</summary>
    /// <param name="values">Keys such as <c>Lab:Kafka:Brokers</c>, in any case, with their texts; a null text is not set.</param>
    /// <returns>The options and all faults.</returns>
    public static (LabOptions Options, IReadOnlyList<SettingFault> Faults) Read(IEnumerable<KeyValuePair<string, string?>> values)
    {
        LabOptions options = new();
        List<SettingFault> faults = [];
        foreach ((string key, string? text) in values)
        {
            if (text is null)
                continue;
            Setting? setting = LabSettings.All.FirstOrDefault(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase));
            if (setting is null)
                faults.Add(Unknown(key, text));
            else if (text.Any(char.IsControl))
                faults.Add(new(setting.Key, text, "has a control character in it", $"it is {setting.Form}"));
            else if (setting.Apply(options, text) is { } changed)
                options = changed;
            else
                faults.Add(new(setting.Key, text, "cannot be read", $"it is {setting.Form}"));
        }

        return (options, faults);
    }

    /// <summary>The known key that is most like an unknown one.</summary>
    /// <param name="key">The unknown key.</param>
    /// <returns>The key with the smallest edit distance, of its last name first.</returns>
    public static string Nearest(string key) =>
        LabSettings.All.Select(s => s.Key).MinBy(known => (!IsBegunBy(known, key), NameDistance(known, key), Distance(known.ToUpperInvariant(), key.ToUpperInvariant())))!;

    // The name itself says more than the sections before it: Lab:Brokers means Lab:Kafka:Brokers. Beyond two letters names have nothing in common.
    private static int NameDistance(string known, string key) => Math.Min(3, Distance(Name(known), Name(key)));

    // Nor is a name that somebody cut short far from the whole: Lab:DataDir.
    private static bool IsBegunBy(string known, string key) => Name(key).Length > 2 && Name(known).StartsWith(Name(key), StringComparison.Ordinal);

    private static string Name(string key) => key[(key.LastIndexOf(':') + 1)..].ToUpperInvariant();

    private static SettingFault Unknown(string key, string text)
    {
        string[] inside = [.. LabSettings.All.Select(s => s.Key).Where(k => k.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))];
        return inside.Length > 0
            ? new(key, text, "is a section, not a setting", $"set one of its settings, e.g. {inside[0]}")
            : new(key, text, "no such setting", $"the nearest is {Nearest(key)}");
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
