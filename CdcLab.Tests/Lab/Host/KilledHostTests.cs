using System.Globalization;
using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Memory;
using Confluent.Kafka;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>
/// The AppHost is killed at random moments of fetching, starting, running and stopping. After the next start and stop nothing of it is left, and what was
/// acknowledged before is there. <c>CDCLAB_KILLS</c> is how often (1 without it), <c>CDCLAB_KILLS_SEED</c> repeats a run.
/// </summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class KilledHostTests(ITestOutputHelper output)
{
    private const string Topic = "kills";
    private const int MessagesEachTime = 20;

    private static readonly string[] Moments = ["starting", "stopping", "running", "fetching"];
    private static readonly string[] Signals = ["KILL", "TERM", "HUP"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private int _produced;

    [Kafka35Fact]
    public async Task Host_killed_at_random_moments_leaves_nothing_after_the_next_start_and_stop_and_loses_nothing()
    {
        int kills = Number("CDCLAB_KILLS") ?? 1;
        int seed = Number("CDCLAB_KILLS_SEED") ?? Environment.TickCount;
        Random random = new(seed);
        using LabWorld world = new LabWorld().WithOneBroker();

        // A run of few kills meets other moments and signals than the last one.
        int first = random.Next(Moments.Length * Signals.Length);
        for (int kill = 0; kill < kills; kill++)
        {
            // Every signal meets every moment: their numbers have no common divisor.
            (string moment, string signal) = (Moments[(first + kill) % Moments.Length], Signals[(first + kill) % Signals.Length]);
            world.Variables["XDG_CACHE_HOME"] = moment == "fetching" ? Path.Combine(world.Folder, $"cache-{kill}") : Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string what = $"kill {kill + 1} of {kills} (seed {seed}): SIG{signal} while {moment}";
            try
            {
                what += await KillAsync(world, moment, signal, random);
                await NextStartAsync(world);
            }
            catch (Exception failed)
            {
                throw new InvalidOperationException(what, failed);
            }

            output.WriteLine(what);
        }
    }

    private static async Task<string> KillAsync(LabWorld world, string moment, string signal, Random random)
    {
        using AppHostProcess host = AppHostProcess.Start(world);
        await host.SaysAsync(moment switch { "fetching" => "mysql: ", "starting" => "zookeeper        starting", _ => "The lab is up" }, StartLimit);
        if (moment == "stopping")
            host.Signal("TERM");

        // Not a wait for something, but the random moment itself.
        TimeSpan delay = TimeSpan.FromSeconds(random.NextDouble() * (moment is "fetching" or "starting" ? 8 : 3));
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        if (!host.HasEnded)
            host.Signal(signal);
        await host.EndAsync(TimeSpan.FromSeconds(120));
        if (signal != "KILL")
            await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(string.Join('\n', world.Processes())), p => p.Length == 0, "no process to be left by a host that could stop");
        return string.Create(CultureInfo.InvariantCulture, $", after {delay.TotalSeconds:0.0} s");
    }

    private async Task NextStartAsync(LabWorld world)
    {
        using (AppHostProcess host = AppHostProcess.Start(world))
        {
            await host.SaysAsync("The lab is up", StartLimit);
            LabPorts ports = RunRecord.Living(new DataDirectory(world.DataDirectory))!.Ports!;
            await MarketIsWholeAsync(world, ports);
            await TopicIsWholeAsync($"127.0.0.1:{ports.External(1)}");
            host.Signal("TERM");
            Assert.Equal(0, await host.EndAsync(TimeSpan.FromSeconds(120)));
        }

        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(string.Join('\n', world.Processes())), p => p.Length == 0, "no process to be left");
        DataDirectory directory = new(world.DataDirectory);
        Assert.False(File.Exists(directory.RunFilePath));
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", MemoryCaps.GroupName(directory.Id), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }));
        Assert.Empty(Directory.EnumerateDirectories(world.Folder, "*.fetching-*", SearchOption.AllDirectories));
        Assert.All(Directory.EnumerateFileSystemEntries(world.DataDirectory), e => Assert.True(LabFiles.IsOurs(Path.GetFileName(e)), e));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(world.DataDirectory), e => e.EndsWith(".new", StringComparison.Ordinal) || e.EndsWith(".initializing", StringComparison.Ordinal));
    }

    private static async Task MarketIsWholeAsync(LabWorld world, LabPorts ports)
    {
        MySqlConnectionStringBuilder address = new()
        {
            Server = "127.0.0.1",
            Port = (uint)ports.MySql,
            UserID = DatabaseUser.Simulator.Name,
            Password = LabSecrets.Read(new DataDirectory(world.DataDirectory)).Simulator,
            SslMode = MySqlSslMode.None,
            AllowPublicKeyRetrieval = true,
        };
        await using MySqlConnection connection = new(address.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        LedgerAuditReport report = await LedgerAudit.RunAsync(connection, LedgerFolder.In(world.DataDirectory), TestContext.Current.CancellationToken);
        Assert.True(report.IsClean, report.ToString());
    }

    private async Task TopicIsWholeAsync(string bootstrap)
    {
        if (_produced > 0)
            Assert.Equal(_produced, Read(bootstrap));
        using IProducer<Null, string> producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = bootstrap, Acks = Acks.All }).Build();
        for (int i = 0; i < MessagesEachTime; i++)
        {
            await producer.ProduceAsync(Topic, new() { Value = $"{_produced}" }, TestContext.Current.CancellationToken);
            _produced++;
        }
    }

    private static int Read(string bootstrap)
    {
        using IConsumer<Null, string> consumer = new ConsumerBuilder<Null, string>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = Topic, EnablePartitionEof = true, EnableAutoCommit = false }).Build();
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        int partitions = admin.GetMetadata(Topic, TimeSpan.FromSeconds(30)).Topics[0].Partitions.Count;
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(Topic, p, Offset.Beginning)));
        (int read, int ends) = (0, 0);
        DateTime deadline = DateTime.UtcNow.AddSeconds(30);
        while (ends < partitions && DateTime.UtcNow < deadline)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is not { } message)
                continue;
            if (message.IsPartitionEOF)
                ends++;
            else
                read++;
        }

        return ends == partitions ? read : -1;
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
