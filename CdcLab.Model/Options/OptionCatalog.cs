using System.ComponentModel;
using System.Reflection;

namespace CdcLab.Model.Options;

/// <summary>One option: where it stands in <see cref="LabOptions"/>, and how its text is read and written.</summary>
public sealed class OptionEntry
{
    private readonly PropertyInfo[] _path;
    private readonly bool _isSize;
    private readonly Func<string, string?> _read;

    internal OptionEntry(PropertyInfo[] path)
    {
        _path = path;
        PropertyInfo property = path[^1];
        Key = string.Join(':', path.Select(p => p.Name).Prepend(LabOptions.Section));
        Meaning = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? throw new InvalidOperationException($"{Key} has no description.");
        Rules = [.. property.GetCustomAttributes<ValidationAttribute>()];
        _isSize = Rules.Any(r => r is SizeAttribute);
        (Form, _read) = FormOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
    }

    /// <summary>The key, e.g. <c>Lab:Kafka:Brokers</c>.</summary>
    public string Key { get; }

    /// <summary>What it means, in one line.</summary>
    public string Meaning { get; }

    /// <summary>What a value looks like, as the end of a sentence: "a size such as 768m".</summary>
    public string Form { get; }

    /// <summary>The environment variable of the same meaning, e.g. <c>Lab__Kafka__Brokers</c>.</summary>
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The default's text; null where there is none.</summary>
    public string? Default => Text(new LabOptions());

    internal IReadOnlyList<ValidationAttribute> Rules { get; }

    /// <summary>The value's text, as a person would write it; null where nothing is set.</summary>
    public string? Text(LabOptions options) => Value(options) switch
    {
        null => null,
        long bytes when _isSize => ByteSize.ToText(bytes),
        TimeSpan time => DurationText.ToText(time),
        bool yes => yes ? "true" : "false",
        Enum choice => choice.ToString().ToLowerInvariant(),
        Uri address => address.AbsoluteUri,
        object other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };

    internal object? Value(LabOptions options) => _path.Aggregate<PropertyInfo, object?>(options, (at, property) => property.GetValue(at));

    /// <summary>The text in the form that the configuration binder reads; null where it does not have the option's form.</summary>
    internal string? ToBindable(string text) => _read(text.Trim());

    private (string Form, Func<string, string?> Read) FormOf(Type type) =>
        _isSize ? ("a size such as 768m, 768MiB or a number of bytes", t => ByteSize.TryParse(t, out long bytes) ? bytes.ToString(CultureInfo.InvariantCulture) : null)
        : type == typeof(TimeSpan) ? ("a time such as 500ms, 6s, 72h or 00:00:06", t => DurationText.TryParse(t, out TimeSpan time) ? time.ToString("c", CultureInfo.InvariantCulture) : null)
        : type.IsEnum ? (
            "one of " + string.Join(", ", Enum.GetNames(type).Select(n => n.ToLowerInvariant())),
            t => Enum.GetNames(type).FirstOrDefault(n => n.Equals(t, StringComparison.OrdinalIgnoreCase)))
        : type == typeof(Uri) ? ("an address that starts with http:// or https://", t => Uri.TryCreate(t, UriKind.Absolute, out Uri? a) && a is { Scheme: "http" or "https", Host.Length: > 0 } ? t : null)
        : type == typeof(OrderRate) ? ($"0 (paused), a number up to {OrderRate.HighestPerSecond}, or max", t => OrderRate.TryParse(t, out _) ? t : null)
        : type == typeof(bool) ? ("true or false", t => bool.TryParse(t, out _) ? t : null)
        : type == typeof(int) ? ("a whole number", t => int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? t : null)
        : ("a text that is not empty", t => t.Length == 0 ? null : t);
}

/// <summary>Every option of a lab, found from the properties of <see cref="LabOptions"/>.</summary>
public static class OptionCatalog
{
    /// <summary>All options, in the order in which they are written.</summary>
    public static IReadOnlyList<OptionEntry> All { get; } = [.. Find(typeof(LabOptions), [])];

    /// <summary>The option of a key such as <c>Lab:Kafka:Brokers</c>, in any case; null where there is none.</summary>
    public static OptionEntry? Get(string key) => All.FirstOrDefault(o => o.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<OptionEntry> Find(Type section, PropertyInfo[] path) =>
        section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).SelectMany(p =>
            p.PropertyType.Namespace == typeof(LabOptions).Namespace && p.PropertyType.IsClass ? Find(p.PropertyType, [.. path, p]) : [new OptionEntry([.. path, p])]);
}
