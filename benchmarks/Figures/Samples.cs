using System.Globalization;

namespace CdcLab.Benchmarks.Figures;

/// <summary>One number, measured several times.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median
    {
        get
        {
            double[] sorted = [.. _values.Order()];
            return sorted.Length == 0 ? double.NaN
                : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
                : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>The greatest.</summary>
    public double Worst => _values.DefaultIfEmpty(double.NaN).Max();

    public void Add(double value) => _values.Add(value);

    /// <summary>Each repetition against its own peer: what slows both of one pair does not show.</summary>
    public Samples Against(Samples peer)
    {
        Samples ratios = new();
        for (int i = 0; i < Math.Min(Count, peer.Count); i++)
            ratios.Add(_values[i] / peer._values[i]);
        return ratios;
    }

    /// <summary>The median, and from the second repetition on the least and the most.</summary>
    public string Text(string format, string unit = "")
    {
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return Count == 0 ? "-" : Count == 1 ? Number(Median) + unit : $"{Number(Median)}{unit} ({Number(_values.Min())} to {Number(_values.Max())})";
    }
}
