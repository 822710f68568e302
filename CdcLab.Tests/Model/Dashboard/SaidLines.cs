using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>Keeps what a lab tells people.</summary>
internal sealed class SaidLines : ILabEvents
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Say(string line)
    {
        lock (_gate)
            _lines.Add(line);
    }

    public void Report(FetchProgress value)
    {
    }

    public void Changed(ResourceState state)
    {
    }
}
