using System.ComponentModel;

namespace CdcLab.Model.Options;

/// <summary>How many new orders per second the market aims at: none (paused), a number, or as many as it can.</summary>
/// <param name="PerSecond">Orders per second, 0 or more; <see cref="double.PositiveInfinity"/> is "as fast as it can".</param>
[TypeConverter(typeof(OrderRateConverter))]
public readonly record struct OrderRate(double PerSecond)
{
    /// <summary>The highest finite rate that is accepted, in orders per second.</summary>
    public const double HighestPerSecond = 100_000;

    public static OrderRate Paused => new(0);
    public static OrderRate Max => new(double.PositiveInfinity);

    public bool IsPaused => PerSecond == 0;
    public bool IsMax => double.IsPositiveInfinity(PerSecond);

    /// <summary>Reads <c>0</c>, <c>20</c>, <c>0.5</c> or <c>max</c>.</summary>
    public static bool TryParse(string? text, out OrderRate rate)
    {
        bool isMax = string.Equals(text?.Trim(), "max", StringComparison.OrdinalIgnoreCase);
        bool isNumber = double.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= HighestPerSecond;
        rate = isMax ? Max : isNumber ? new(number) : Paused;
        return isMax || isNumber;
    }

    public override string ToString() => IsMax ? "max" : PerSecond.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Lets the configuration binder read an <see cref="OrderRate"/>.</summary>
internal sealed class OrderRateConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        OrderRate.TryParse(value as string, out OrderRate rate) ? rate : throw new FormatException($"'{value}' is not a rate.");
}
