namespace Aspire.Hosting.ApplicationModel;

/// <summary>A MySQL server that is a source of change data capture. It runs as a container or as a process.</summary>
public interface IMySqlServer : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
{
    /// <summary>The endpoint for clients, as in Aspire's own MySQL integration.</summary>
    const string EndpointName = "tcp";

    /// <summary>Where clients on the host reach it.</summary>
    EndpointReference Endpoint => new(this, EndpointName);
}

internal sealed class MySqlServerContainer(string name) : ContainerResource(name), IMySqlServer;

/// <summary>A MySQL server as a process; its command is known when its program has been found.</summary>
internal sealed class MySqlServerProcess(string name) : ExecutableResource(name, "mysqld", "."), IMySqlServer;
