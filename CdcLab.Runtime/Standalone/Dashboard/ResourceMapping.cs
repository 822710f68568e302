using CdcLab.Runtime.Standalone.Dashboard.Wire;
using CdcLab.Runtime.View;
using Google.Protobuf.WellKnownTypes;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>From what is shown to what the dashboard takes: the only place that makes its messages of resources. What it would not take is an exception here, not a frozen page there.</summary>
internal static class ResourceMapping
{
    // The dashboard takes messages of 16 MB, and all resources come in one.
    private const int MostBytes = 512 * 1024;

    /// <summary>Makes the message of one resource.</summary>
    /// <exception cref="MalformedResourceException">The dashboard would freeze.</exception>
    public static Resource ToWire(ResourceView view)
    {
        IReadOnlyList<string> faults = ViewRules.Faults(view);
        if (faults.Count > 0)
            throw new MalformedResourceException(view.Name, faults);
        Resource resource = new()
        {
            Name = view.Name,
            ResourceType = view.Type,
            DisplayName = view.Name,
            Uid = view.Name,
            State = view.State,
            CreatedAt = Timestamp.FromDateTimeOffset(view.CreatedAt),
            IconName = view.Icon,
            IconVariant = IconVariant.Filled,
            SupportsDetailedTelemetry = view.SendsTelemetry,
        };
        if (view.StateStyle is { } style)
            resource.StateStyle = style;
        if (view.StartedAt is { } started)
            resource.StartedAt = Timestamp.FromDateTimeOffset(started);
        if (view.StoppedAt is { } stopped)
            resource.StoppedAt = Timestamp.FromDateTimeOffset(stopped);
        resource.Environment.Add(view.Environment.Select(v => new EnvironmentVariable { Name = v.Name, Value = v.Value, IsFromSpec = true }));
        resource.Properties.Add(Properties(view));
        resource.Urls.Add(view.Urls.Select((u, i) => ToWire(u, i, view.State != ViewStates.Running)));
        resource.Volumes.Add(view.Volumes.Select(v => new Volume { Source = v.Source, Target = v.Target, MountType = "volume" }));
        resource.HealthReports.Add(view.Health.Select(ToWire));
        resource.Relationships.Add(view.Relationships.Select(r => new ResourceRelationship { ResourceName = r.Resource, Type = r.Type }));
        resource.Commands.Add(view.Commands.Select(ToWire));
        int size = resource.CalculateSize();
        return size <= MostBytes ? resource : throw new MalformedResourceException(view.Name, [$"it takes {size} bytes of a message"]);
    }

    // Nesting in the table goes by a property, in the graph by the relationship: both are sent.
    private static IEnumerable<ResourceProperty> Properties(ResourceView view)
    {
        IEnumerable<PropertyView> all = view.Parent is { } parent ? view.Properties.Append(new(KnownProperties.Parent, "Part of", parent) { IsHighlighted = false }) : view.Properties;
        return all.Select((p, i) => new ResourceProperty
        {
            Name = p.Name,
            DisplayName = p.DisplayName,
            Value = p.List is { } list ? Value.ForList([.. list.Select(Value.ForString)]) : Value.ForString(p.Text),
            IsHighlighted = p.IsHighlighted,
            SortOrder = i,
        });
    }

    private static Url ToWire(UrlView url, int order, bool inactive)
    {
        Url wire = new()
        {
            FullUrl = url.Address.OriginalString,
            IsInactive = inactive,
            DisplayProperties = new() { SortOrder = -order, DisplayName = url.DisplayName },
        };
        if (url.Name.Length > 0)
            wire.EndpointName = url.Name;
        return wire;
    }

    private static HealthReport ToWire(HealthReportView health)
    {
        HealthReport report = new()
        {
            Key = health.Key,
            Description = health.Description,
            Status = health.Health switch
            {
                HealthView.Healthy => HealthStatus.Healthy,
                HealthView.Unhealthy => HealthStatus.Unhealthy,
                _ => HealthStatus.Degraded,
            },
        };
        if (health.At is { } at)
            report.LastRunAt = Timestamp.FromDateTimeOffset(at);
        return report;
    }

    private static ResourceCommand ToWire(CommandView command)
    {
        ResourceCommand wire = new()
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            DisplayDescription = command.Description,
            IsHighlighted = command.IsHighlighted,
            IconName = command.Icon,
            IconVariant = IconVariant.Regular,
            State = command.Availability switch
            {
                CommandAvailability.Enabled => ResourceCommandState.Enabled,
                CommandAvailability.Disabled => ResourceCommandState.Disabled,
                _ => ResourceCommandState.Hidden,
            },
        };
        if (command.Confirmation is { } confirmation)
            wire.ConfirmationMessage = confirmation;
        return wire;
    }
}
