using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Standalone;

/// <summary>What the servers of a lab run as, and why.</summary>
/// <param name="Runtime">Never <see cref="LabRuntimeKind.Auto"/>.</param>
/// <param name="Because">The reason, for the first line of a run.</param>
public sealed record RuntimeChoice(LabRuntimeKind Runtime, string Because)
{
    /// <summary>The runtime's name, as <c>Lab:Runtime</c> and the stamp have it.</summary>
    public string Name => NameOf(Runtime);

    /// <summary>Chooses once per data directory: what made the data runs it again.</summary>
    /// <param name="options">The options.</param>
    /// <param name="directory">The data directory, which may not be there yet.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The choice.</returns>
    /// <exception cref="UnavailableException">What was asked for cannot be had, or cannot open the data.</exception>
    public static async Task<RuntimeChoice> MakeAsync(LabOptions options, DataDirectory directory, CancellationToken cancellationToken)
    {
        LabRuntimeKind? made = MadeBy(directory);
        if (options.Runtime != LabRuntimeKind.Auto)
        {
            if (made is { } other && other != options.Runtime)
                throw new UnavailableException($"The data in {directory.Path} was made by the {NameOf(other)} runtime, and the {NameOf(options.Runtime)} runtime cannot open it: leave Lab:Runtime out, give this lab another Lab:DataDirectory, or make new data with 'reset'.");
            if (options.Runtime == LabRuntimeKind.Container)
                await AskAsync(cancellationToken);
            return new(options.Runtime, $"Lab:Runtime={NameOf(options.Runtime)}");
        }

        if (made is { } former)
        {
            if (former == LabRuntimeKind.Container)
                await AskAsync(cancellationToken);
            return new(former, "Lab:Runtime=auto, and the data directory was made by it: 'reset' decides anew");
        }

        try
        {
            EngineFacts engine = await AskAsync(cancellationToken);
            return new(LabRuntimeKind.Container, $"Lab:Runtime=auto, and Docker {engine.Version} answers");
        }
        catch (UnavailableException)
        {
            return new(LabRuntimeKind.Embedded, "Lab:Runtime=auto, and no container engine answers");
        }
    }

    private static LabRuntimeKind? MadeBy(DataDirectory directory)
    {
        try
        {
            return Stamp.Read(directory) is not { } stamp ? null : stamp.Runtime == "container" ? LabRuntimeKind.Container : LabRuntimeKind.Embedded;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A fault of the directory, which is judged with the others.
            return null;
        }
    }

    private static async Task<EngineFacts> AskAsync(CancellationToken cancellationToken)
    {
        using ContainerEngine engine = ContainerEngine.Find();
        return await engine.AskAsync(cancellationToken);
    }

    private static string NameOf(LabRuntimeKind runtime) => runtime == LabRuntimeKind.Container ? "container" : "embedded";
}
