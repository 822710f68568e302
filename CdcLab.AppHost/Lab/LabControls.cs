namespace CdcLab.AppHost.Lab;

/// <summary>What a person does with a resource in the dashboard, for the lab's own use: its commands, and whether it answers.</summary>
internal sealed class LabControls(DistributedApplicationModel model, ResourceCommandService commands, HealthCheckService health)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a command; the reason where it did not succeed, else null.</summary>
    public async Task<string?> CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        ExecuteCommandResult result = await commands.ExecuteCommandAsync(resource, command, cancellationToken);
        return result.Success ? null : $"{command} {resource}: {result.Message}";
    }

    /// <summary>Waits until a resource's own health check is well. It is asked directly: Aspire asks every few seconds.</summary>
    public async Task<bool> AnswersAsync(string resource, TimeSpan limit, CancellationToken cancellationToken)
    {
        HashSet<string> own = [.. model.Resources.Single(r => r.Name == resource).Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key)];
        long began = Stopwatch.GetTimestamp();
        while ((await health.CheckHealthAsync(check => own.Contains(check.Name), cancellationToken)).Status != HealthStatus.Healthy)
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
                return false;
            await Task.Delay(Glance, cancellationToken);
        }

        return true;
    }
}
