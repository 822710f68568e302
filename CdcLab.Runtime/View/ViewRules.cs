using CdcLab.Model.Live;

namespace CdcLab.Runtime.View;

/// <summary>The limits of what the dashboard takes: one resource beyond them freezes its page without a word, so each is checked before it is sent.</summary>
public static class ViewRules
{
    private static readonly string[] Styles = ["success", "info", "warning", "error"];
    private static readonly string[] Relationships = [RelationshipView.Parent, RelationshipView.WaitFor, RelationshipView.Reference];
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Checks one resource.</summary>
    /// <param name="view">The resource.</param>
    /// <returns>What is wrong with it; empty for nothing.</returns>
    public static IReadOnlyList<string> Faults(ResourceView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        List<string> faults = [];
        Needed(view.Name, "name");
        Needed(view.Type, "type");
        Needed(view.Icon, "icon");
        Check(ViewStates.All.Contains(view.State, StringComparer.Ordinal), $"state '{view.State}' is not one of the dashboard's");
        Check(view.StateStyle is null || Styles.Contains(view.StateStyle, StringComparer.Ordinal), $"state style '{view.StateStyle}' is not one of the dashboard's");
        Check(view.StateStyle is null || view.State != ViewStates.Running, "a style hides the health of a resource that runs");
        Check(view.Parent is null || view.Relationships.Contains(new(view.Parent, RelationshipView.Parent)), "its parent is not among its relationships");
        foreach ((DateTimeOffset? time, string what) in ((DateTimeOffset?, string)[])[(view.CreatedAt, "creation"), (view.StartedAt, "start"), (view.StoppedAt, "end"), .. view.Health.Select(h => (h.At, "health report"))])
            Check(time is null || (time >= Earliest && time < Latest), $"the time of its {what} is out of range");

        // The dashboard's own keys do not heed case.
        Unique(view.Properties.Select(p => p.Name.ToLowerInvariant()), "property");
        Unique(view.Environment.Select(v => v.Name), "variable");
        Unique(view.Urls.Select(u => u.Name).Where(name => name.Length > 0), "URL");
        Unique(view.Health.Select(h => h.Key), "health report");
        Unique(view.Commands.Select(c => c.Name), "command");
        Unique(view.Relationships.Select(r => $"{r.Type} {r.Resource}"), "relationship");
        foreach (PropertyView property in view.Properties)
        {
            Check(property.DisplayName.Length > 0, $"property {property.Name} has no display name");
            Check(property.Text is null != property.List is null, $"property {property.Name} has no value, or two");
            Check(property.Name != KnownProperties.Parent, "the parent is told by Parent");
            Check(!property.Name.StartsWith("terminal.", StringComparison.Ordinal), $"property {property.Name} would open a terminal");
            Check(property.Name is not (KnownProperties.ExitCode or KnownProperties.ProcessId) || int.TryParse(property.Text, out _), $"property {property.Name} is no whole number");
        }

        Check(view.Urls.All(u => u.Address.IsAbsoluteUri), "a URL is not absolute");
        Check(view.Health.All(h => Enum.IsDefined(h.Health)), "a health report has an unknown status");
        Check(view.Commands.All(c => Enum.IsDefined(c.Availability) && c.DisplayName.Length > 0), "a command has no name or an unknown state");
        Check(view.Relationships.All(r => r.Resource.Length > 0 && Relationships.Contains(r.Type, StringComparer.Ordinal)), "a relationship is of an unknown type");
        foreach (string text in Texts(view))
            Check(text.Length <= ViewText.Limit + 4 && ViewText.Clean(text) == text, $"the text '{text[..Math.Min(40, text.Length)]}' is too long, or holds control characters");
        return faults;

        void Check(bool good, string fault)
        {
            if (!good)
                faults.Add(fault);
        }

        void Needed(string text, string what) => Check(!string.IsNullOrWhiteSpace(text), $"it has no {what}");

        void Unique(IEnumerable<string> names, string what)
        {
            foreach (IGrouping<string, string> same in names.GroupBy(n => n, StringComparer.Ordinal))
            {
                Needed(same.Key, $"name of a {what}");
                Check(same.Count() == 1, $"{what} {same.Key} is there {same.Count()} times");
            }
        }
    }

    private static IEnumerable<string> Texts(ResourceView view) =>
    [
        view.Name, view.Type,
        .. view.Environment.SelectMany<LaunchVariable, string>(v => [v.Name, v.Value]),
        .. view.Properties.SelectMany<PropertyView, string>(p => [p.DisplayName, .. p.Text is null ? p.List ?? [] : [p.Text]]),
        .. view.Health.SelectMany<HealthReportView, string>(h => [h.Key, h.Description]),
        .. view.Urls.Select(u => u.DisplayName),
        .. view.Volumes.SelectMany<VolumeView, string>(v => [v.Source, v.Target]),
        .. view.Commands.SelectMany<CommandView, string>(c => [c.DisplayName, c.Description, .. c.Confirmation is null ? Array.Empty<string>() : [c.Confirmation]]),
    ];
}
