using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>The verifier alone, for servers that somebody else runs (Docker Compose): it sees what can be seen from outside.</summary>
public sealed class OutsideVerifier : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly DataDirectoryLock _lock;
    private readonly RunFile _runFile;
    private readonly LabServer _verifier;
    private readonly HttpClient _http = new();

    private OutsideVerifier(LabModel model, LabAbilities abilities, string debeziumPassword, ServicePrograms programs, DataDirectory directory, ILabEvents events)
    {
        _directory = directory;
        _lock = LabOpening.Lock(directory);
        Stamp.Of(LabRuntimeKind.Embedded).Write(directory);
        LabSecrets secrets = LabSecrets.ReadOrMake(directory, model.MySql.DataFolder!);
        _runFile = new(directory);
        Token = secrets.Token;
        ServiceHandover handover = new() { Options = model.Options, Ports = model.Ports, Abilities = abilities, Token = Token, DataDirectory = directory.Path, DebeziumPassword = debeziumPassword };
        ServiceProcess process = new(model.Verifier, programs.Verifier, handover, telemetry: null, directory, _http);
        _verifier = new(new ProcessServer(process, new NoCaps("services have no cap"), _runFile, directory), directory, new SecretMask([Token, debeziumPassword]), events.Changed);
    }

    /// <summary>The bearer token of its API.</summary>
    public string Token { get; }

    /// <summary>What cannot be seen of a lab that this program does not run.</summary>
    /// <param name="model">The lab.</param>
    /// <returns>The checks that are left out, each with the reason.</returns>
    public static IReadOnlyList<NotPossible> NotPossibleFromOutside(LabModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. model.Resources.Where(r => r.MemoryCapBytes is not null).Select(r => new NotPossible($"memory.{r.Name}", "only the host that runs a lab reads its servers' memory; see 'docker stats'")),
            new("kafka.listeners.internal", "only the host that runs a lab can look from inside its network"),
            new("order-simulator.answers", "a lab of Docker Compose has no order simulator"),
            new("order-simulator.market", "a lab of Docker Compose has no order simulator"),
        ];
    }

    /// <summary>Starts it.</summary>
    /// <param name="model">The lab, with a free port for the verifier.</param>
    /// <param name="abilities">What can be seen of it.</param>
    /// <param name="debeziumPassword">The password of <c>debezium</c>.</param>
    /// <param name="programs">Where the programs are.</param>
    /// <param name="directory">A folder of its own for logs, which is gone afterwards.</param>
    /// <param name="events">Who wants to know.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A verifier that answers.</returns>
    /// <exception cref="ServerStartException">It does not.</exception>
    public static async Task<OutsideVerifier> StartAsync(LabModel model, LabAbilities abilities, string debeziumPassword, ServicePrograms programs, DataDirectory directory, ILabEvents events, CancellationToken cancellationToken)
    {
        OutsideVerifier verifier = new(model, abilities, debeziumPassword, programs, directory, events);
        try
        {
            await verifier._verifier.StartAsync(cancellationToken);
            return verifier;
        }
        catch (Exception)
        {
            await verifier.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it and takes its folder away.</summary>
    /// <returns>A task.</returns>
    public async ValueTask DisposeAsync()
    {
        await _verifier.StopAsync(CancellationToken.None);
        await _verifier.DisposeAsync();
        _http.Dispose();
        _runFile.Dispose();
        _lock.Dispose();
        Directory.Delete(_directory.Path, recursive: true);
    }
}
