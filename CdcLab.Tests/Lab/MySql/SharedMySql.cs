using Xunit;

namespace CdcLab.Tests.Lab.MySql;

/// <summary>One converged server for the tests of one class, which leave it as they found it.</summary>
public sealed class SharedMySql : IAsyncLifetime
{
    private MySqlServerUnderTest? _server;

    public MySqlServerUnderTest Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await MySqlServerUnderTest.StartNewAsync();
        await _server.ConvergeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
