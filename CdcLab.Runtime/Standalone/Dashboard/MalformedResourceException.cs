namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>A resource that would freeze the dashboard's page.</summary>
internal sealed class MalformedResourceException(string resource, IReadOnlyList<string> faults)
    : Exception($"{resource} is not shown in the dashboard, whose page it would freeze: {string.Join("; ", faults)}.")
{
    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
