using System.ComponentModel;

namespace CdcLab.Model.Options;

/// <summary>How many new orders per second the market aims at: none (paused), a number, or as many as it can.</summary>
/// <param name="PerSecond">Orders per second, 0 or more; <see cref="double.PositiveInfinity"/> is "as fast as it can".</param>
[TypeConverter(typeof(OrderRateConverter))]
public readonly record struct OrderRate(double PerSecond)
{
    /// <summary>The highest finite rate that is accepted, in orders per second.</summary>
    public const double HighestPerSecond = 100_000;

    /// <summary>No new order is placed.</summary>
    public static OrderRate Paused => new(0);

    /// <summary>As fast as MySQL and the workers can.</summary>
    public static OrderRate Max => new(double.PositiveInfinity);

    /// <summary>Whether no new order is placed.</summary>
    public bool IsPaused => PerSecond == 0;

    /// <summary>Whether the market runs unthrottled.</summary>
    public bool IsMax => double.IsPositiveInfinity(PerSecond);

    /// <summary>Reads <c>0</c>, <c>20</c>, <c>0.5</c> or <c>max</c>.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="rate">The rate, where the text is one.</param>
    /// <returns>Whether the text is a rate.</returns>
    public static bool TryParse(string? text, out OrderRate rate)
    {
        rate = Paused;
        if (string.Equals(text?.Trim(), "max", StringComparison.OrdinalIgnoreCase))
        {
            rate = Max;
            return true;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double value)
            || !(value <= HighestPerSecond))
            return false;
        rate = new(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => IsMax ? "max" : PerSecond.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Lets the configuration binder read an <see cref="OrderRate"/>.</summary>
internal sealed class OrderRateConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        OrderRate.TryParse(value as string, out OrderRate rate) ? rate : throw new FormatException($"'{value}' is not a rate.");
}
