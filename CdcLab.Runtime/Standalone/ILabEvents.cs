using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone;

/// <summary>Who wants to know what a lab does while it starts, runs and stops. Called from any thread.</summary>
public interface ILabEvents : IProgress<FetchProgress>
{
    /// <summary>Something that a person should read.</summary>
    /// <param name="line">One line.</param>
    void Say(string line);

    /// <summary>A server or service has changed its state.</summary>
    /// <param name="state">Its new state.</param>
    void Changed(ResourceState state);
}
