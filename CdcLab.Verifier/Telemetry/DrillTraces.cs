using CdcLab.Model.Drills;

namespace CdcLab.Verifier.Telemetry;

/// <summary>A drill as one trace: a span for all of it, and below it one for each moment, which lasts until the next.</summary>
internal static class DrillTraces
{
    private static readonly ActivitySource Source = new(VerifierFigures.SourceName);

    public static void Show(DrillTrace drill)
    {
        Activity.Current = null;
        DateTimeOffset end = drill.Started.AddSeconds(drill.Seconds);
        using Activity? whole = Source.StartActivity($"drill {drill.Drill}", ActivityKind.Internal, default(ActivityContext), startTime: drill.Started);
        if (whole is null)
            return;
        whole.SetTag("cdclab.drill.headline", drill.Headline);
        whole.SetStatus(drill.Passed ? ActivityStatusCode.Ok : ActivityStatusCode.Error, drill.Passed ? null : drill.Headline);
        for (int i = 0; i < drill.Moments.Count; i++)
        {
            DrillMoment moment = drill.Moments[i];
            string name = moment.Detail is { } detail ? $"{moment.What}: {detail}" : moment.What;
            using Activity? span = Source.StartActivity(name, ActivityKind.Internal, whole.Context, startTime: drill.Started.AddSeconds(moment.Seconds));
            span?.SetTag("cdclab.drill.seconds", moment.Seconds);
            span?.SetTag("cdclab.drill.logged_seconds", moment.LoggedSeconds);
            span?.SetEndTime((i + 1 < drill.Moments.Count ? drill.Started.AddSeconds(drill.Moments[i + 1].Seconds) : end).UtcDateTime);
        }

        whole.SetEndTime(end.UtcDateTime);
    }
}
