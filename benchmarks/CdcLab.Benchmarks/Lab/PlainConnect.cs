using CdcLab.Clients.Connect;

namespace CdcLab.Benchmarks.Lab;

/// <summary>The same Debezium without the lab around it: a worker of its own with the very command line, settings and connector of the lab's, other topics, and another id among the replicas.</summary>
internal sealed class PlainConnect : IAsyncDisposable
{
    public const string Prefix = "plain";
    private const string Name = "orders-plain";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private PlainConnect(Process process, Uri address)
    {
        (_process, Client) = (process, new(address, Name));
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ConnectClient Client { get; }

    /// <summary>Starts it beside a lab with Debezium, and waits for the end of its snapshot.</summary>
    public static async Task<PlainConnect> StartAsync(Workplace place, LabProcess lab, CancellationToken cancellationToken)
    {
        string[] own = Proc.CommandLine(await lab.PidAsync(ResourceNames.Connect, cancellationToken));
        string folder = Directory.CreateDirectory(Path.Combine(place.Folder, Prefix)).FullName, file = Path.Combine(folder, "worker.properties");
        string worker = await File.ReadAllTextAsync(own[^1], cancellationToken);
        (int port, int plainPort) = (place.PortBase + 8, place.PortBase + LabPorts.BlockSize - 1);
        await File.WriteAllTextAsync(file, worker.Replace($":{port}", $":{plainPort}", StringComparison.Ordinal).Replace("cdclab.connect", $"{Prefix}.connect", StringComparison.Ordinal).Replace("cdclab-connect", $"{Prefix}-connect", StringComparison.Ordinal), cancellationToken);
        ProcessStartInfo start = place.Start(own[0], [.. own[1..^1].Select(a => a.StartsWith("-Djava.io.tmpdir=", StringComparison.Ordinal) ? $"-Djava.io.tmpdir={folder}" : a), file]);
        start.Environment["CDCLAB_DEBEZIUM_PASSWORD"] = lab.Secret("debezium");
        PlainConnect plain = new(Process.Start(start)!, new Uri($"http://127.0.0.1:{plainPort}"));
        try
        {
            using ConnectClient registered = new(new Uri($"http://127.0.0.1:{port}"), ResourceNames.OrdersCdc);
            Dictionary<string, string> configuration = new((await registered.ConfigurationAsync(cancellationToken))!)
            {
                ["topic.prefix"] = Prefix,
                ["database.server.id"] = "5402",
                ["schema.history.internal.kafka.topic"] = $"{Prefix}.schema-history",
            };
            await UntilAsync(() => plain.Client.VersionAsync(cancellationToken).ContinueWith(v => v.IsCompletedSuccessfully, cancellationToken));
            await UntilAsync(() => plain.Client.ConfigureAsync(configuration, cancellationToken).ContinueWith(c => c.IsCompletedSuccessfully, cancellationToken));
            await UntilAsync(async () => await plain.Client.OffsetAsync(cancellationToken) is { IsSnapshot: false });
            return plain;
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }

        async Task UntilAsync(Func<Task<bool>> holds)
        {
            long began = Stopwatch.GetTimestamp();
            while (!await holds())
            {
                if (plain._process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
                    throw new BenchmarkException("The worker without the lab did not start.");
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process.HasExited)
            return;
        Proc.Signal(_process.Id, "TERM");
        await _process.WaitForExitAsync();
    }
}
