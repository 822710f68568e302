using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Containers;

/// <summary>One whole lab in containers for all tests of a class; nothing where there is no engine.</summary>
public sealed class ContainerLabFixture : IAsyncLifetime
{
    private AppHostProcess? _host;

    /// <summary>Its world.</summary>
    public ContainerWorld Lab { get; } = new();

    /// <summary>All that the AppHost has written so far.</summary>
    public string Output => _host!.Output;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (EngineUnderTest.IsHere)
            _host = await Lab.UpAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        return Lab.DisposeAsync();
    }
}
