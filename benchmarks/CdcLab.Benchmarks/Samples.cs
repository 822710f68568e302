namespace CdcLab.Benchmarks;

/// <summary>One number, measured several times.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public string Turns => Count == 1 ? "1 turn" : $"{Count} turns";

    public double Least => _values.Min();

    public double Most => _values.Max();

    public double Last => _values[^1];

    public double Median
    {
        get
        {
            double[] sorted = [.. _values.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);

    /// <summary>Each turn against its own peer: what slows both of one turn does not show.</summary>
    public Samples Against(Samples peer)
    {
        Samples ratios = new();
        foreach ((double own, double other) in _values.Zip(peer._values))
            ratios.Add(own / other);
        return ratios;
    }

    /// <summary>The least and the greatest, e.g. <c>17.8 to 19.2 s</c>.</summary>
    public string Spread(string format, string unit = "") => $"{Least.ToString(format)} to {Most.ToString(format)}{unit}";

    /// <summary>Median and spread, e.g. <c>18.1 s (17.8 to 19.2 s)</c>.</summary>
    public string Text(string format, string unit = "") => $"{Median.ToString(format)}{unit} ({Spread(format, unit)})";
}
