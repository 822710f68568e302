namespace CdcLab.AppHost.Lab;

/// <summary>The two services of the lab as projects.</summary>
internal static class ServiceExtensions
{
    /// <summary>Adds a service that runs as the built program, without a <c>dotnet run</c> around it.</summary>
    /// <typeparam name="TProject">The service's project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">Its port.</param>
    /// <param name="bindAddress">The address that it binds to.</param>
    /// <param name="lab">The lab, whose section of the configuration it gets as it stands.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, int port, string bindAddress, LabSession lab)
        where TProject : IProjectMetadata, new()
    {
        IResourceBuilder<ProjectResource> service = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithAnnotation(new ExecutableAnnotation { Command = Program(new TProject().ProjectPath), WorkingDirectory = lab.Folder })
            .WithHttpEndpoint(port: port, name: "http", isProxied: false)
            .WithEndpoint("http", e => e.TargetHost = bindAddress)
            .WithHttpHealthCheck("/health", endpointName: "http")
            // The dashboard ends before the services do; without it a last flush would hang for the exporter's ten seconds.
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")
            .WithEnvironment("Lab__Token", lab.Token)
            .WithEnvironment("Lab__DataDirectory", lab.Folder);
        // They listen on plain HTTP; for what could have a certificate, Aspire warns on every machine that has none.
#pragma warning disable ASPIRECERTIFICATES001
        service.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        foreach ((string variable, string value) in LabConfiguration.ToVariables(lab.Options))
        {
            if (variable != "Lab__DataDirectory")
                service.WithEnvironment(variable, value);
        }

        return service;
    }

    // Beside the project, in the same configuration and framework as this program.
    private static string Program(string projectPath)
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory);
        string configuration = framework.Parent!.Name;
        return Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", configuration, framework.Name, Path.GetFileNameWithoutExtension(projectPath));
    }
}
