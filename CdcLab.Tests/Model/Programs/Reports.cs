using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

/// <summary>Keeps the reports of progress, in their order.</summary>
internal sealed class Reports : IProgress<FetchProgress>
{
    private readonly Lock _gate = new();
    private readonly List<FetchProgress> _all = [];

    public IReadOnlyList<FetchProgress> All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    public void Report(FetchProgress value)
    {
        lock (_gate)
            _all.Add(value);
    }

    public PartProgress For(string part) => new(part, this);
}
