using CdcLab.AppHost.Settings;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;

namespace CdcLab.AppHost.Aspire;

/// <summary>Aspire asked for a manifest: the lab is described and not started; no engine, no data directory, no secret is touched.</summary>
internal static class AspirePublishing
{
    public static async Task<int> RunAsync(CommandLineSettings settings, IReadOnlyList<string> own)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [.. own], DisableDashboard = true });
        await builder.AddCdcLab(Values(options)).Build().RunAsync();
        return ExitCodes.Ok;
    }

    private static LabValues Values(LabOptions options)
    {
        LabModel model = LabModel.From(options, LabPorts.From(options.PortBase), LabRuntimeKind.Container);
        return new(
            model,
            EngineAbilities.Of(options, enforcesCaps: true),
            options.DataDirectory ?? "",
            () => throw new InvalidOperationException("A manifest holds no secret: each stays a parameter."));
    }
}
