using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Lab.Fetching;

/// <summary>The dashboard out of NuGet's configured sources, by a real restore.</summary>
[Trait("tier", "lab")]
public sealed class DashboardNuGetTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    [Fact]
    public async Task Feed_that_has_it_gives_it_without_npm_being_asked_and_the_next_start_asks_nobody()
    {
        DashboardPackages.WriteNuGet(_folder.Below("feed"));
        Configure("feed");

        DashboardInstallation found = await FindAsync();

        string program = _folder.Below("cache", "dashboard-13.5.4", "Aspire.Dashboard");
        Assert.Equal([program], found.Command);
        Assert.Equal("NuGet package Aspire.Dashboard.Sdk.linux-x64 13.5.4", found.Origin);
        Assert.True(File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute));
        Assert.DoesNotContain(_reports.All, r => r.Step.Contains("npm", StringComparison.Ordinal));
        Assert.Single(Directory.EnumerateDirectories(_folder.Below("cache")));

        Directory.Delete(_folder.Below("feed"), recursive: true);
        Assert.Equal([program], (await FindAsync()).Command);
    }

    [Fact]
    public async Task Feed_without_it_is_told_together_with_the_other_ways()
    {
        Directory.CreateDirectory(_folder.Below("empty"));
        Configure("empty");

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(FindAsync);

        Assert.Contains("NU1101", fault.Message, StringComparison.Ordinal);
        Assert.All(["cache", "NuGet's sources", "npm's registry", "Lab:Dashboard:Path"], way => Assert.Contains(way, fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    public void Dispose() => _folder.Dispose();

    // A configuration above the project counts, and this one allows the test's own folder only.
    private void Configure(string feed) => _folder.Write("NuGet.Config", $"""
        <?xml version="1.0" encoding="utf-8"?>
        <configuration>
          <packageSources>
            <clear />
            <add key="test" value="{_folder.Below(feed)}" />
          </packageSources>
          <fallbackPackageFolders>
            <clear />
          </fallbackPackageFolders>
          <packageSourceMapping>
            <clear />
          </packageSourceMapping>
        </configuration>
        """);

    private Task<DashboardInstallation> FindAsync() =>
        new DashboardSource(new DashboardOptions(), new Uri("http://127.0.0.1:1/"), new PartsCache(_folder.Below("cache")))
        {
            Limits = DownloadTests.Impatient,
        }.FindAsync(_reports, TestContext.Current.CancellationToken);
}
