namespace CdcLab.Model.Options;

/// <summary>One thing that can be set about a lab: its key, what it means, and how its text becomes a value of <see cref="LabOptions"/> and back.</summary>
public sealed class Setting
{
    private readonly Func<LabOptions, string?> _read;
    private readonly Func<LabOptions, string, LabOptions?> _apply;

    private Setting(string key, string meaning, string form, Func<LabOptions, string?> read, Func<LabOptions, string, LabOptions?> apply)
    {
        Key = key;
        Meaning = meaning;
        Form = form;
        _read = read;
        _apply = apply;
    }

    /// <summary>The key, e.g. <c>Lab:Kafka:Brokers</c>.</summary>
    public string Key { get; }

    /// <summary>What it means, in one line.</summary>
    public string Meaning { get; }

    /// <summary>What a value looks like, as the end of a sentence: "a size such as 768m".</summary>
    public string Form { get; }

    /// <summary>The default's text; null where there is none.</summary>
    public string? Default => Read(new LabOptions());

    /// <summary>The environment variable of the same meaning, e.g. <c>Lab__Kafka__Brokers</c>.</summary>
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The text of this setting's value.</summary>
    /// <param name="options">The options to read from.</param>
    /// <returns>A text that <see cref="Apply"/> reads back to the same value; null where nothing is set.</returns>
    public string? Read(LabOptions options) => _read(options);

    /// <summary>The options with this setting changed.</summary>
    /// <param name="options">The options to start from.</param>
    /// <param name="text">The new value's text.</param>
    /// <returns>The new options, or null when the text does not have the <see cref="Form"/>.</returns>
    public LabOptions? Apply(LabOptions options, string text) => _apply(options, text);

    internal static Setting Text(string key, string meaning, string form, Func<LabOptions, string?> get, Func<LabOptions, string, LabOptions> with) =>
        new(key, meaning, form, get, (o, text) => string.IsNullOrWhiteSpace(text) ? null : with(o, text.Trim()));

    internal static Setting Whole(string key, string meaning, Func<LabOptions, int?> get, Func<LabOptions, int, LabOptions> with) =>
        new(key, meaning, "a whole number", o => get(o)?.ToString(), (o, text) => int.TryParse(text.Trim(), out int value) ? with(o, value) : null);

    internal static Setting Count(string key, string meaning, Func<LabOptions, long> get, Func<LabOptions, long, LabOptions> with) =>
        new(key, meaning, "a whole number", o => get(o).ToString(), (o, text) => long.TryParse(text.Trim(), out long value) ? with(o, value) : null);

    internal static Setting Size(string key, string meaning, Func<LabOptions, long> get, Func<LabOptions, long, LabOptions> with) =>
        new(key, meaning, "a size such as 768m, 768MiB or a number of bytes", o => ByteSize.ToText(get(o)), (o, text) => ByteSize.TryParse(text, out long value) ? with(o, value) : null);

    internal static Setting Time(string key, string meaning, Func<LabOptions, TimeSpan> get, Func<LabOptions, TimeSpan, LabOptions> with) =>
        new(key, meaning, "a time such as 500ms, 6s, 72h or 00:00:06", o => DurationText.ToText(get(o)), (o, text) => DurationText.TryParse(text, out TimeSpan value) ? with(o, value) : null);

    internal static Setting YesNo(string key, string meaning, Func<LabOptions, bool> get, Func<LabOptions, bool, LabOptions> with) =>
        new(key, meaning, "true or false", o => get(o) ? "true" : "false", (o, text) => bool.TryParse(text, out bool value) ? with(o, value) : null);

    internal static Setting Choice<T>(string key, string meaning, Func<LabOptions, T> get, Func<LabOptions, T, LabOptions> with)
        where T : struct, Enum =>
        new(
            key,
            meaning,
            "one of " + string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())),
            o => get(o).ToString().ToLowerInvariant(),
            (o, text) => Enum.GetNames<T>().Contains(text.Trim(), StringComparer.OrdinalIgnoreCase) ? with(o, Enum.Parse<T>(text.Trim(), ignoreCase: true)) : null);

    internal static Setting Address(string key, string meaning, Func<LabOptions, Uri?> get, Func<LabOptions, Uri, LabOptions> with) =>
        new(
            key,
            meaning,
            "an address that starts with http:// or https://",
            o => get(o)?.AbsoluteUri,
            (o, text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? value) && value.Scheme is "http" or "https" && value.Host.Length > 0 ? with(o, value) : null);

    internal static Setting Rate(string key, string meaning, Func<LabOptions, OrderRate> get, Func<LabOptions, OrderRate, LabOptions> with) =>
        new(
            key,
            meaning,
            $"0 (paused), a number up to {OrderRate.HighestPerSecond}, or max",
            o => get(o).ToString(),
            (o, text) => OrderRate.TryParse(text, out OrderRate value) ? with(o, value) : null);
}
