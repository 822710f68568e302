using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>How Aspire launched a resource, without its secrets.</summary>
internal static class AspireLaunch
{
    public static LaunchDetails Of(LabResource resource, LabValues values, CustomResourceSnapshot snapshot)
    {
        LabSecrets secrets = values.Secrets();
        string[] masked = [secrets.Root, secrets.Debezium, secrets.Simulator, secrets.KafkaUi, secrets.Token];
        return new()
        {
            Image = resource.Image,
            Arguments = [.. Arguments(snapshot).Select(a => masked.Any(a.Contains) ? new LaunchArgument(LaunchDetails.Masked, IsSecret: true) : new LaunchArgument(a))],
            Environment =
            [
                .. from variable in snapshot.EnvironmentVariables
                   where variable.IsFromSpec && variable.Value is not null
                   let secret = masked.Any(variable.Value!.Contains)
                   select new LaunchVariable(variable.Name, secret ? LaunchDetails.Masked : variable.Value!, secret),
            ],
            Volume = snapshot.Volumes.FirstOrDefault()?.Source,
        };
    }

    private static IEnumerable<string> Arguments(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(p => p.Name is "container.args" or "executable.args")?.Value as IEnumerable<string> ?? [];
}
