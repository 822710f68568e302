using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Containers;

/// <summary>A world whose AppHost runs the servers in containers of the stand-in images, under a name of its own.</summary>
public sealed class ContainerWorld : IAsyncDisposable
{
    /// <summary>Makes it.</summary>
    public ContainerWorld()
    {
        World.Variables["Lab__Runtime"] = "container";
        World.Variables["Lab__Name"] = Name;
        World.Variables["Lab__DataDirectory"] = DataDirectory;
        foreach ((string name, string image) in EngineUnderTest.Images)
            World.Variables[name] = image;
    }

    /// <summary>The folders and ports.</summary>
    public LabWorld World { get; } = new();

    /// <summary>The lab's name, which no other lab on this machine has.</summary>
    public string Name { get; } = $"test-{Guid.NewGuid():N}"[..17];

    /// <summary>Its data directory.</summary>
    public string DataDirectory => Path.Combine(World.Folder, "data");

    /// <summary>The lab that runs.</summary>
    public RunRecord Run => RunRecord.Living(new DataDirectory(DataDirectory)) ?? throw new InvalidOperationException("No lab runs in " + DataDirectory);

    /// <summary>Starts an AppHost and waits until its lab is up.</summary>
    /// <param name="arguments">Its arguments.</param>
    public async Task<AppHostProcess> UpAsync(params string[] arguments)
    {
        AppHostProcess host = AppHostProcess.Start(World, ["run", .. arguments]);
        try
        {
            await host.SaysAsync("The lab is up", TimeSpan.FromMinutes(5));
            return host;
        }
        catch (Exception)
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>A client of the running lab's control endpoint.</summary>
    public ControlClient Control() => new(Run.Ports!.Control, Run.Token!);

    /// <summary>Waits until every check is ok.</summary>
    public async Task AllOkAsync()
    {
        using VerdictsClient verdicts = new(Run.Ports!.Verifier, Run.Token!);
        await Deadline.WaitAsync(
            TimeSpan.FromSeconds(90),
            () => verdicts.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Count > 0 && r.Checks.All(c => c.Outcome == Outcome.Ok),
            "every check to be ok");
    }

    /// <summary>A password of its secrets file.</summary>
    /// <param name="name">Such as <c>kafkaUi</c>.</param>
    public string Secret(string name)
    {
        using System.Text.Json.JsonDocument secrets = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(DataDirectory, "secrets.json")));
        return secrets.RootElement.GetProperty(name).GetString()!;
    }

    /// <summary>What is left of its labs with the engine.</summary>
    public Task<IReadOnlyList<string>> LeftAsync() => EngineUnderTest.LeftAsync(World.Folder);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Without a lab of its own nothing of the data is needed any more.
        if (EngineUnderTest.IsHere)
            await AppHostProcess.RunAsync(World, TimeSpan.FromMinutes(2), "reset", "--yes");
        World.Dispose();
    }
}
