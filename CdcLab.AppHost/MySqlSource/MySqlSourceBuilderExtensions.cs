using CdcLab.AppHost.Containers;

namespace Aspire.Hosting;

/// <summary>Adds a MySQL server with a row binlog, its schema and its users.</summary>
internal static class MySqlSourceBuilderExtensions
{
    private const int ContainerPort = 3306;
    private const string Meaning = "Nothing is written or captured until it runs again; the order simulator waits for it.";
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(30);

    /// <summary>Adds the server. It is healthy when it answers and its database, tables and users are as they must be.</summary>
    public static IResourceBuilder<IMySqlServer> AddMySqlSource(this IDistributedApplicationBuilder builder, [ResourceName] string name, ServerRuntime runtime, MySqlSourceSettings settings)
    {
        MySqlProvisioning provisioning = new(settings);
        IResourceBuilder<IMySqlServer> mysql = runtime is ProcessRuntime processes
            ? AsProcess(builder.AddResource(new MySqlServerProcess(name)), processes, settings)
            : AsContainer(builder.AddResource(new MySqlServerContainer(name)), (ContainerRuntime)runtime, settings);
        builder.Services.AddHealthChecks().AddCheck($"{name}_check", provisioning);
        return mysql
            .WithIconName("Database")
            .OnBeforeResourceStarted((server, e, _) =>
            {
                provisioning.Begin(
                    e.Services.GetRequiredService<ResourceLoggerService>().GetLogger(server), e.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
                return Task.CompletedTask;
            })
            .WithHealthCheck($"{name}_check");
    }

    /// <summary>A connection string for one of the server's users; a reference to the server itself would hand out root's password.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddLogin(this IResourceBuilder<IMySqlServer> mysql, [ResourceName] string name, string database, DatabaseUser user, IResourceBuilder<ParameterResource> password)
    {
        EndpointReference endpoint = mysql.Resource.Endpoint;
        return mysql.ApplicationBuilder.AddConnectionString(
            name,
            ReferenceExpression.Create($"Server={ServerRuntime.Loopback};Port={endpoint.Property(EndpointProperty.Port)};Database={database};User ID={user.Name};Password={password}"))
            // A row of its own that can neither be started nor opened would only puzzle.
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "ConnectionString", Properties = [], IsHidden = true });
    }

    private static IResourceBuilder<MySqlServerContainer> AsContainer(IResourceBuilder<MySqlServerContainer> mysql, ContainerRuntime runtime, MySqlSourceSettings settings)
    {
        mysql.RunAsContainer(runtime, settings.Image, settings.MemoryCapBytes, StopGrace, Meaning, ("data", "/var/lib/mysql"))
            .WithEndpoint(port: settings.Port, targetPort: ContainerPort, scheme: "tcp", name: IMySqlServer.EndpointName, isProxied: false)
            .WithEndpoint(IMySqlServer.EndpointName, e => e.TargetHost = runtime.BindAddress)
            .WithArgs([.. settings.Arguments(null)])
            // Whoever comes through a published port has the network's gateway as address; the port itself is on loopback.
            .WithEnvironment("MYSQL_ROOT_HOST", "%")
            .WithEnvironment("MYSQL_ROOT_PASSWORD", settings.RootPassword);
        // The application's own services log in on loopback, whatever else the server is published on.
        if (runtime.BindAddress is not (ServerRuntime.Loopback or "0.0.0.0"))
            mysql.WithEndpoint(port: settings.Port, targetPort: ContainerPort, scheme: "tcp", name: "loopback", isProxied: false);
        return mysql;
    }

    private static IResourceBuilder<MySqlServerProcess> AsProcess(IResourceBuilder<MySqlServerProcess> mysql, ProcessRuntime runtime, MySqlSourceSettings settings)
    {
        MySqlProcess process = new(mysql.Resource.Name, runtime, settings);
        return mysql
            .RunAsProcess(runtime, settings.MemoryCapBytes, StopGrace, Meaning, process.FetchAsync, process.PrepareAsync)
            .WithEndpoint(port: settings.Port, targetPort: settings.Port, scheme: "tcp", name: IMySqlServer.EndpointName, isProxied: false);
    }
}
