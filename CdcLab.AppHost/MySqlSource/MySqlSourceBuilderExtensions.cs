using CdcLab.AppHost.Containers;

namespace Aspire.Hosting;

/// <summary>Adds a MySQL server with a row binlog, its schema and its users.</summary>
internal static class MySqlSourceBuilderExtensions
{
    private const int ContainerPort = 3306;
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(30);

    /// <summary>Adds the server. It is healthy when it answers and its database, tables and users are as they must be.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="runtime">How servers run.</param>
    /// <param name="settings">What it is made of.</param>
    /// <returns>The server.</returns>
    public static IResourceBuilder<IMySqlServer> AddMySqlSource(this IDistributedApplicationBuilder builder, [ResourceName] string name, ServerRuntime runtime, MySqlSourceSettings settings)
    {
        MySqlProvisioning provisioning = new(settings);
        IResourceBuilder<IMySqlServer> mysql = runtime switch
        {
            ContainerRuntime containers => AsContainer(builder.AddResource(new MySqlServerContainer(name)), containers, settings),
            ProcessRuntime processes => AsProcess(builder.AddResource(new MySqlServerProcess(name)), processes, settings),
            _ => throw new ArgumentException("Unknown runtime.", nameof(runtime)),
        };
        builder.Services.AddHealthChecks().Add(new($"{name}_check", services => new MySqlHealthCheck(provisioning, services.GetRequiredService<ResourceLoggerService>().GetLogger(name)), HealthStatus.Unhealthy, tags: null));
        return mysql
            .WithIconName("Database")
            .OnBeforeResourceStarted((_, _, _) =>
            {
                provisioning.Reset();
                return Task.CompletedTask;
            })
            .WithHealthCheck($"{name}_check");
    }

    /// <summary>A connection string for one of the server's users; a reference to the server itself would hand out root's password.</summary>
    /// <param name="mysql">The server.</param>
    /// <param name="name">The connection string's name.</param>
    /// <param name="database">The database.</param>
    /// <param name="user">The user.</param>
    /// <param name="password">Its password.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<ConnectionStringResource> AddLogin(this IResourceBuilder<IMySqlServer> mysql, [ResourceName] string name, string database, DatabaseUser user, IResourceBuilder<ParameterResource> password)
    {
        EndpointReference endpoint = mysql.Resource.Endpoint;
        return mysql.ApplicationBuilder.AddConnectionString(
            name,
            ReferenceExpression.Create($"Server={ServerRuntime.Loopback};Port={endpoint.Property(EndpointProperty.Port)};Database={database};User ID={user.Name};Password={password}"))
            .WithParentRelationship(mysql);
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
            .RunAsProcess(runtime, settings.MemoryCapBytes, process.FetchAsync, process.PrepareAsync)
            .WithAnnotation(new ServerAnnotation(settings.MemoryCapBytes, StopGrace, process.DataFolder, Meaning))
            .WithEndpoint(port: settings.Port, targetPort: settings.Port, scheme: "tcp", name: IMySqlServer.EndpointName, isProxied: false);
    }

    private const string Meaning = "Nothing is written or captured until it runs again; the order simulator waits for it.";
}
