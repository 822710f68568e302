namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:Dashboard</c>.</summary>
public sealed record DashboardOptions
{
    /// <summary>Whether the Aspire dashboard is started with the lab.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A dashboard that is already on this machine; null to find one.</summary>
    public string? Path { get; init; }

    /// <summary>Its port; null for the one of the port block.</summary>
    public int? Port { get; init; }
}
