using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.View;

/// <summary>From what a lab is and does to what a dashboard shows: one pure function for every host.</summary>
public static class LabView
{
    /// <summary>Makes the picture.</summary>
    /// <param name="lab">All that is known.</param>
    /// <returns>The resources, in the order of the picture; each is fit to be sent.</returns>
    public static IReadOnlyList<ResourceView> Of(LabSnapshot lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        List<ResourceView> views = [];
        foreach (LabResource resource in lab.Model.Resources)
        {
            if (resource.Parent == ResourceNames.Kafka && views.All(v => v.Name != ResourceNames.Kafka))
                views.Add(ClusterView.Of(lab));
            views.Add(ServerView.Of(lab, resource));
        }

        // The dashboard orders by the time of creation where nothing else decides.
        return [.. views.Select((view, i) => ViewText.Clean(view with { CreatedAt = lab.StartedAt.AddMilliseconds(i) }))];
    }

    /// <summary>The verdicts on one resource as health reports.</summary>
    internal static IEnumerable<HealthReportView> Verdicts(LabSnapshot lab, string resource) => lab.Verdicts
        .Where(v => Owner(lab, v.Resource) == resource)
        .DistinctBy(v => v.Id, StringComparer.Ordinal)
        .Select(v => new HealthReportView(v.Id, HealthOf(v.Outcome), Describe(v), lab.Report?.At) { IsVerdict = true });

    /// <summary>What cannot be shown here, as properties of the resource that it is about.</summary>
    internal static IEnumerable<PropertyView> NotPossible(LabSnapshot lab, string resource) => (lab.Abilities?.NotPossibleHere ?? [])
        .Where(n => Owner(lab, AboutWhat(n.Id)) == resource)
        .DistinctBy(n => n.Id, StringComparer.Ordinal)
        .Select(n => new PropertyView($"notpossible.{n.Id}", $"Not possible here: {n.Id}", n.Reason));

    private static HealthView HealthOf(Outcome outcome) => outcome switch
    {
        Outcome.Ok => HealthView.Healthy,
        Outcome.Failed => HealthView.Unhealthy,
        _ => HealthView.Degraded,
    };

    private static string Describe(Verdict verdict)
    {
        string fix = verdict.Fix is { } todo ? $" Fix: {todo}" : "";
        string because = verdict.Because is { } why ? $" {why}" : "";
        return verdict.Outcome switch
        {
            Outcome.Ok => $"expected: {verdict.Expected}; found: {verdict.Actual}",
            Outcome.Failed => $"expected: {verdict.Expected}; found: {verdict.Actual ?? "nothing"}.{because}{fix}",
            _ => $"could not look (expected: {verdict.Expected}).{because}{fix}",
        };
    }

    // What is about no resource of the picture is the verifier's.
    private static string Owner(LabSnapshot lab, string resource) =>
        resource == ResourceNames.Kafka || lab.Model.Resources.Any(r => r.Name == resource) ? resource : ResourceNames.Verifier;

    // Ids begin with what they are about; Kafka UI's absence is the cluster's matter.
    private static string AboutWhat(string id) => id.Split('.')[0] is var first && first == ResourceNames.KafkaUi ? ResourceNames.Kafka : first;
}
