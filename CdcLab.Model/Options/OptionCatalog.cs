using System.ComponentModel;
using System.Reflection;

namespace CdcLab.Model.Options;

/// <summary>One option: where it stands in <see cref="LabOptions"/>, and how its text is read and written.</summary>
public sealed class OptionEntry
{
    private readonly PropertyInfo[] _path;

    internal OptionEntry(PropertyInfo[] path)
    {
        _path = path;
        Key = string.Join(':', path.Select(p => p.Name).Prepend(LabOptions.Section));
        Type = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
        Meaning = Property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? throw new InvalidOperationException($"{Key} has no description.");
        Form = FormOf();
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

    internal IEnumerable<ValidationAttribute> Rules => Property.GetCustomAttributes<ValidationAttribute>();

    private PropertyInfo Property => _path[^1];

    private Type Type { get; }

    private bool IsSize => Property.IsDefined(typeof(SizeAttribute));

    /// <summary>The value's text, as a person would write it.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The text; null where nothing is set.</returns>
    public string? Text(LabOptions options) => Value(options) switch
    {
        null => null,
        long bytes when IsSize => ByteSize.ToText(bytes),
        TimeSpan time => DurationText.ToText(time),
        bool yes => yes ? "true" : "false",
        Enum choice => choice.ToString().ToLowerInvariant(),
        Uri address => address.AbsoluteUri,
        object other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };

    internal object? Value(LabOptions options) => _path.Aggregate<PropertyInfo, object?>(options, (at, property) => property.GetValue(at));

    /// <summary>The text in the form that the configuration binder reads; null where it does not have the option's form.</summary>
    internal string? ToBindable(string text)
    {
        text = text.Trim();
        if (IsSize)
            return ByteSize.TryParse(text, out long bytes) ? bytes.ToString(CultureInfo.InvariantCulture) : null;
        if (Type == typeof(TimeSpan))
            return DurationText.TryParse(text, out TimeSpan time) ? time.ToString("c", CultureInfo.InvariantCulture) : null;
        if (Type.IsEnum)
            return Enum.GetNames(Type).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (Type == typeof(Uri))
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.Host.Length > 0 ? text : null;
        if (Type == typeof(OrderRate))
            return OrderRate.TryParse(text, out _) ? text : null;
        if (Type == typeof(bool))
            return bool.TryParse(text, out _) ? text : null;
        if (Type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text : null;
        return text.Length == 0 ? null : text;
    }

    private string FormOf() =>
        IsSize ? "a size such as 768m, 768MiB or a number of bytes"
        : Type == typeof(TimeSpan) ? "a time such as 500ms, 6s, 72h or 00:00:06"
        : Type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(Type).Select(n => n.ToLowerInvariant()))
        : Type == typeof(Uri) ? "an address that starts with http:// or https://"
        : Type == typeof(OrderRate) ? $"0 (paused), a number up to {OrderRate.HighestPerSecond}, or max"
        : Type == typeof(bool) ? "true or false"
        : Type == typeof(int) ? "a whole number"
        : "a text";
}

/// <summary>Every option of a lab, found from the properties of <see cref="LabOptions"/>.</summary>
public static class OptionCatalog
{
    /// <summary>All options, in the order in which they are written.</summary>
    public static IReadOnlyList<OptionEntry> All { get; } = [.. Find(typeof(LabOptions), [])];

    /// <summary>The option of a key, in any case; null where there is none.</summary>
    /// <param name="key">The key, e.g. <c>Lab:Kafka:Brokers</c>.</param>
    /// <returns>The option or null.</returns>
    public static OptionEntry? Get(string key) => All.FirstOrDefault(o => o.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<OptionEntry> Find(Type section, PropertyInfo[] path) =>
        section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).SelectMany(p =>
            p.PropertyType.Namespace == typeof(LabOptions).Namespace && p.PropertyType.IsClass ? Find(p.PropertyType, [.. path, p]) : [new OptionEntry([.. path, p])]);
}
