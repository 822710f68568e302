using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

[assembly: AssemblyFixture(typeof(CdcLab.Tests.Lab.Fetching.FetchedParts))]

namespace CdcLab.Tests.Lab.Fetching;

/// <summary>A cache that begins empty, into which the machine's apt really fetches, once for all tests that ask.</summary>
public sealed class FetchedParts : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SemaphoreSlim _gate = new(1);

    internal PartsCache Cache => new(_folder.Below("cache"));

    internal Reports Reports { get; } = new();

    /// <summary>MySQL, fetched by the first who asks. The machine's own MYSQL_HOME does not count: the fetch is what is tested.</summary>
    public async Task<MySqlInstallation> MySqlAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await new MySqlSource(Cache, name => name == "MYSQL_HOME" ? null : Environment.GetEnvironmentVariable(name)).FindAsync(Reports, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }
}
