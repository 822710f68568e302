namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>The dashboard of NuGet's configured sources. A restore of a project of one line finds it, so that no address and no login is ours to know.</summary>
internal static class DashboardNuGet
{
    private const string Package = "Aspire.Dashboard.Sdk.linux-x64";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Restores the package below a folder and takes the dashboard out of it.</summary>
    /// <param name="version">The dashboard's version.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="work">The folder. NuGet's configuration files above it count.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends the restore.</param>
    /// <exception cref="UnavailableException">It cannot be had; the message says why.</exception>
    public static async Task<FetchedPart> FetchAsync(string version, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        if (ProgramPath.Find("dotnet", environment) is not { } dotnet)
            throw new UnavailableException("there is no dotnet on PATH to restore it with");
        progress.Report("asking NuGet's sources");
        string project = Path.Combine(work, "dashboard.csproj");
        await File.WriteAllTextAsync(project, ProjectOf(version), cancellationToken);
        string packages = Path.Combine(work, "packages");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        ToolResult result;
        try
        {
            // A server of MSBuild's that outlives the restore would keep the folder; two tries tell whether a source can be reached.
            result = await Tool.RunAsync(
                ["env", "MSBUILDDISABLENODEREUSE=1", "DOTNET_CLI_USE_MSBUILD_SERVER=0", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1", "NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT=2", dotnet],
                ["restore", project, "--packages", packages, "--verbosity", "quiet"],
                work,
                null,
                limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"no answer within {Limit.TotalMinutes:0} minutes");
        }

        string tools = Path.Combine(packages, Package.ToLowerInvariant(), version, "tools");
        if (result.ExitCode != 0 || !Directory.Exists(tools))
            throw new UnavailableException(Why(result));
        // Packages come without the permission to execute.
        string program = Path.Combine(tools, "Aspire.Dashboard");
        if (!File.Exists(program))
            throw new UnavailableException($"{Package} {version} holds no tools/Aspire.Dashboard");
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return new(tools, version, $"NuGet package {Package} {version}", [$"{Package} {version}, restored by dotnet with NuGet's own checks"]);
    }

    /// <summary>The reason of a failed restore: its first error without the project's path.</summary>
    internal static string Why(ToolResult result)
    {
        string? line = result.Output.Concat(result.Error).FirstOrDefault(l => l.Contains(": error ", StringComparison.Ordinal));
        return line is null ? $"dotnet restore ended with {result.ExitCode}" : line[(line.IndexOf(": error ", StringComparison.Ordinal) + 8)..].Split(" [", 2)[0].Trim();
    }

    // Nothing of a folder above (somebody's Directory.Build.props) has a say in it.
    private static string ProjectOf(string version) => $"""
        <Project>
          <PropertyGroup>
            <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
            <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
            <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
          </PropertyGroup>
          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <UseAppHost>false</UseAppHost>
          </PropertyGroup>
          <ItemGroup>
            <PackageDownload Include="{Package}" Version="[{version}]" />
          </ItemGroup>
          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
        </Project>
        """;
}
