using System.Runtime.InteropServices;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Fetching;

[Trait("tier", "model")]
public sealed class DashboardSourceTests : IDisposable
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/");

    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    [Fact]
    public async Task Npm_package_is_fetched_and_only_the_dashboard_of_it_is_kept()
    {
        byte[] package = DashboardPackages.Npm();
        await using RawHttpServer server = DashboardPackages.Registry(package);

        DashboardInstallation found = await FindAsync(package, server.Address);

        string home = _folder.Below("cache", "dashboard-13.5.4");
        Assert.Equal([Path.Combine(home, "aspire-managed"), "dashboard"], found.Command);
        Assert.Equal(("13.5.4", "npm package @microsoft/aspire-cli-linux-x64 13.5.4"), (found.Version, found.Origin));
        Assert.Equal(["/@microsoft%2faspire-cli-linux-x64", "/cli.tgz"], server.Requests.Select(r => r.Path));
        Assert.Equal(["aspire-managed", "cdclab-part.json", "wwwroot"], Directory.EnumerateFileSystemEntries(home).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(home, Assert.Single(Directory.EnumerateDirectories(_folder.Below("cache"))));
        Assert.Contains(_reports.All, r => r is { Part: "dashboard", Step: "unpacking the dashboard" });
    }

    [Fact]
    public async Task Once_cached_it_needs_no_network()
    {
        byte[] package = DashboardPackages.Npm();
        await using (RawHttpServer server = DashboardPackages.Registry(package))
            await FindAsync(package, server.Address);

        DashboardInstallation found = await FindAsync(package, Nowhere);

        Assert.Equal(_folder.Below("cache", "dashboard-13.5.4", "aspire-managed"), found.Command[0]);
    }

    [Fact]
    public async Task Two_starts_at_once_fetch_it_once()
    {
        byte[] package = DashboardPackages.Npm();
        await using RawHttpServer server = DashboardPackages.Registry(package);

        DashboardInstallation[] found = await Task.WhenAll(FindAsync(package, server.Address), FindAsync(package, server.Address));

        Assert.Equal(found[0].Command, found[1].Command);
        Assert.Single(server.Requests, r => r.Path == "/cli.tgz");
    }

    [Fact]
    public async Task Package_with_another_digest_than_stands_in_the_source_is_refused()
    {
        byte[] package = DashboardPackages.Npm();
        await using RawHttpServer server = DashboardPackages.Registry(package);

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => Source(DashboardNpm.Known, server.Address).FindAsync(_reports, TestContext.Current.CancellationToken));

        Assert.Contains("wrong SHA-512", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Fact]
    public async Task Where_nothing_is_reached_one_line_names_the_four_ways()
    {
        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => Source(DashboardNpm.Known, Nowhere).FindAsync(_reports, TestContext.Current.CancellationToken));

        Assert.All(["cache", "NuGet's sources", "npm's registry", "Lab:Dashboard:Path"], way => Assert.Contains(way, fault.Message, StringComparison.Ordinal));
        Assert.Contains("127.0.0.1 cannot be reached", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho no room >&2\nexit 3\n", "(exit code 3): no room")]
    [InlineData("#!/bin/sh\nexit 0\n", "did not unpack the dashboard")]
    public async Task Package_that_does_not_unpack_says_so_and_leaves_nothing(string setup, string says)
    {
        byte[] package = DashboardPackages.Npm(setup);
        await using RawHttpServer server = DashboardPackages.Registry(package);

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync(package, server.Address));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Fact]
    public async Task Another_machine_type_is_told_and_nothing_is_asked_for()
    {
        await using RawHttpServer server = DashboardPackages.Registry(DashboardPackages.Npm());
        DashboardSource source = new(new DashboardOptions(), server.Address, new PartsCache(_folder.Below("cache")), _ => null) { Machine = Architecture.Arm64 };

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => source.FindAsync(_reports, TestContext.Current.CancellationToken));

        Assert.Contains("this machine is Arm64: set Lab:Dashboard:Path", fault.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("aspire-managed", "dashboard")]
    [InlineData("Aspire.Dashboard", null)]
    public async Task Path_may_name_the_folder_or_the_program(string program, string? argument)
    {
        string file = _folder.Write("own/" + program, executable: true);
        _folder.Write("own/wwwroot/index.html");
        string[] command = argument is null ? [file] : [file, argument];

        Assert.Equal(command, (await OfPathAsync(_folder.Below("own"))).Command);
        Assert.Equal(command, (await OfPathAsync(file)).Command);
        Assert.False(Directory.Exists(_folder.Below("cache")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("without-pages")]
    [InlineData("not-executable")]
    [InlineData("other/some-program")]
    public async Task Path_without_a_dashboard_says_what_would_do(string path)
    {
        _folder.Write("without-pages/aspire-managed", executable: true);
        _folder.Write("not-executable/aspire-managed");
        _folder.Write("not-executable/wwwroot/index.html");
        _folder.Write("other/some-program", executable: true);
        _folder.Write("other/wwwroot/index.html");

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => OfPathAsync(_folder.Below(path)));

        Assert.Contains("is no Aspire dashboard; name the folder that holds", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // Without a PATH there is no dotnet to ask NuGet's sources with; they have tests of their own, which take seconds.
    private DashboardSource Source(NpmPackage package, Uri registry) => new(new DashboardOptions(), registry, new PartsCache(_folder.Below("cache")), _ => null)
    {
        Limits = DownloadTests.Impatient,
        Package = package,
        Machine = Architecture.X64,
    };

    private Task<DashboardInstallation> FindAsync(byte[] package, Uri registry) =>
        Source(DashboardNpm.Known with { Sha512 = KafkaTgz.Sha512(package) }, registry).FindAsync(_reports, TestContext.Current.CancellationToken);

    private Task<DashboardInstallation> OfPathAsync(string path) =>
        new DashboardSource(new DashboardOptions { Path = path }, Nowhere, new PartsCache(_folder.Below("cache")), _ => null).FindAsync(_reports, TestContext.Current.CancellationToken);
}
