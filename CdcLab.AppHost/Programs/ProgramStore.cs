namespace CdcLab.AppHost.Programs;

/// <summary>Where programs may come from: <c>Lab:Kafka:Source</c>, <c>Lab:Kafka:ArchiveUrl</c>, <c>Lab:Npm:Registry</c> (null for the machine's own), and the
/// series of the Kafka that wrote the lab's data, e.g. <c>3.5</c> (null for new data).</summary>
internal sealed record ProgramOptions(KafkaSourceKind Kafka, Uri KafkaArchiveUrl, Uri? NpmRegistry, string? KafkaSeriesOfData = null);

/// <summary>A program cannot be found or fetched on this machine. The message is one line for a person: what is wrong, where, what to do.</summary>
internal sealed class ProgramUnavailableException(string message) : Exception(message);

/// <summary>Finds the programs that servers need as processes, or fetches them into the user's cache: each once, however many ask.</summary>
internal sealed class ProgramStore
{
    private readonly Func<string, string?> _environment;
    private readonly ProgramCache _cache;
    private readonly KafkaFinder _kafkaFinder;
    private readonly Shared<MySqlProgram> _mySql;
    private readonly Shared<KafkaProgram> _kafka;
    private readonly Shared<JavaProgram> _java;

    public ProgramStore(ProgramOptions options, Func<string, string?>? environment = null, ProgramCache? cache = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _cache = cache ??= ProgramCache.OfUser(_environment);
        _kafkaFinder = new KafkaFinder(options, cache, _environment);
        _mySql = new(new MySqlFinder(cache, _environment).FindAsync);
        _kafka = new(_kafkaFinder.FindAsync);
        _java = new(new JavaFinder(cache, _environment).FindAsync);
    }

    public MySqlProgram? KnownMySql => _mySql.Known;

    public KafkaProgram? KnownKafka => _kafka.Known;

    public JavaProgram? KnownJava => _java.Known;

    /// <summary>What is wrong with <c>MYSQL_HOME</c>, <c>KAFKA_HOME</c> and <c>XDG_CACHE_HOME</c>, one line each. Fetches and starts nothing.</summary>
    public IReadOnlyList<string> CheckHomes() => [.. new[] { MySqlFinder.HomeFault(_environment), _kafkaFinder.HomeFault(), _cache.Fault() }.OfType<string>()];

    public Task<MySqlProgram> MySqlAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        => _mySql.GetAsync(progress, cancellationToken);

    public Task<KafkaProgram> KafkaAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        => _kafka.GetAsync(progress, cancellationToken);

    public Task<JavaProgram> JavaAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken) => _java.GetAsync(progress, cancellationToken);

    // One search for all who ask: progress goes to each, and it is cancelled when the last of them has gone. A failed one is begun anew by the next.
    private sealed class Shared<T>(Func<IProgress<FetchProgress>, CancellationToken, Task<T>> find) : IProgress<FetchProgress>
    {
        private readonly Lock _gate = new();
        private readonly List<IProgress<FetchProgress>> _listeners = [];
        private (Task<T> Task, CancellationTokenSource Cancel)? _search;

        public T? Known => _search is { Task: { IsCompletedSuccessfully: true } task } ? task.Result : default;

        public async Task<T> GetAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        {
            Task<T> task;
            CancellationTokenSource cancel;
            lock (_gate)
            {
                _listeners.Add(progress);
                if (_search is not { Task: { IsFaulted: false, IsCanceled: false }, Cancel.IsCancellationRequested: false })
                {
                    CancellationTokenSource begun = new();
                    _search = (Task.Run(() => find(this, begun.Token), CancellationToken.None), begun);
                }

                (task, cancel) = _search.Value;
            }

            try
            {
                return await task.WaitAsync(cancellationToken);
            }
            finally
            {
                bool last;
                lock (_gate)
                {
                    _listeners.Remove(progress);
                    last = _listeners.Count == 0 && !task.IsCompleted;
                    if (last)
                        cancel.Cancel();
                }

                // The temporary folder is gone when this returns.
                if (last)
                    await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        public void Report(FetchProgress value)
        {
            IProgress<FetchProgress>[] listeners;
            lock (_gate)
                listeners = [.. _listeners];
            foreach (var listener in listeners)
                listener.Report(value);
        }
    }
}

/// <summary>How far a step of the fetching of a part (<c>mysql</c>, <c>java</c> or <c>kafka</c>) is; the total is null while it is not known.</summary>
internal sealed record FetchProgress(string Part, long DoneBytes, long? TotalBytes)
{
    public string Step { get; init; } = "downloading";

    /// <summary>0 to 100; null while the size is not known.</summary>
    public int? Percent => TotalBytes is > 0 and var total ? (int)Math.Clamp(DoneBytes * 100 / total, 0, 100) : null;
}

/// <summary>Reports about one part. They need no thinning: whoever shows them does so where the text changes.</summary>
internal sealed class PartProgress(string part, IProgress<FetchProgress> target)
{
    public void Report(string step, long doneBytes = 0, long? totalBytes = null)
        => target.Report(new FetchProgress(part, doneBytes, totalBytes is > 0 ? totalBytes : null) { Step = step });
}
