using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class NpmRegistryTests : IDisposable
{
    private const string Package = "some-package";

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    [Fact]
    public async Task Setting_comes_before_what_npm_says()
    {
        Npm("echo http://npm.example/");
        var found = await FindAsync(new Uri("http://setting.example/"));
        Assert.Equal(new NpmRegistry(new Uri("http://setting.example/"), "Lab:Npm:Registry"), found);
    }

    [Theory]
    [InlineData("echo http://all.example/")]
    [InlineData("echo a notice; echo http://all.example/")]
    public async Task Npm_is_asked_before_anything_else_is_read(string script)
    {
        Npm(script);
        _environment["NPM_CONFIG_REGISTRY"] = "http://variable.example/";
        Assert.Equal(new NpmRegistry(new Uri("http://all.example/"), "npm's configuration"), await FindAsync());
    }

    [Fact]
    public async Task Npm_that_has_none_leaves_it_to_the_variable()
    {
        Npm("echo undefined");
        _environment["NPM_CONFIG_REGISTRY"] = "http://variable.example/";
        Assert.Equal("NPM_CONFIG_REGISTRY", (await FindAsync()).Origin);
    }

    [Fact]
    public async Task Npm_that_fails_leaves_it_to_the_variable()
    {
        Npm("echo http://npm.example/; exit 1");
        _environment["NPM_CONFIG_REGISTRY"] = "http://variable.example/path";
        Assert.Equal("http://variable.example/path", (await FindAsync()).Address.ToString());
    }

    [Fact]
    public async Task Without_npm_the_users_file_is_read()
    {
        _environment["HOME"] = _folder.Path;
        _folder.Write(".npmrc", "; registry=http://comment.example/\n# registry=http://comment.example/\nalways-auth = true\nregistry = \"http://file.example/\"\n");
        var found = await FindAsync();
        Assert.Equal(new NpmRegistry(new Uri("http://file.example/"), _folder.Below(".npmrc")), found);
    }

    [Fact]
    public async Task Nothing_configured_is_one_line_that_names_the_setting()
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync());
        Assert.Contains("set Lab:Npm:Registry", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("registry.example")]
    [InlineData("file:///etc")]
    public async Task Configured_text_that_is_no_address_is_refused(string text)
    {
        _environment["NPM_CONFIG_REGISTRY"] = text;
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync());
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.Contains("NPM_CONFIG_REGISTRY", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/some-package")]
    [InlineData("a/b/", "/a/b/some-package")]
    public async Task Registry_is_asked_for_the_archive_of_one_version(string path, string asked)
    {
        await using var server = Server(200, """{"versions": {"1.0.0": {"dist": {"tarball": "http://elsewhere.example/p-1.0.0.tgz"}}, "1.0.1": {}}}""");
        Assert.Equal("http://elsewhere.example/p-1.0.0.tgz", (await ArchiveAsync(server, path)).ToString());
        Assert.Equal(asked, Assert.Single(server.Requests).Path);
    }

    [Theory]
    [InlineData(404, "", "has no package some-package")]
    [InlineData(200, """{"versions": {"2.0.0": {}}}""", "has no version 1.0.0")]
    [InlineData(200, """{"versions": {"1.0.0": {"dist": {"tarball": "ftp://a/b"}}}}""", "names no address")]
    [InlineData(200, """{"versions": {"1.0.0": {"dist": {"tarball": 1}}}}""", "is not what an npm registry answers")]
    [InlineData(200, """{"versions": {"1.0.0": {}}}""", "is not what an npm registry answers")]
    [InlineData(200, "[]", "is not what an npm registry answers")]
    [InlineData(200, "<html>Welcome</html>", "is not what an npm registry answers")]
    [InlineData(401, "", "check the address (Lab:Npm:Registry)")]
    public async Task Registry_that_has_no_such_thing_gives_one_line(int status, string body, string says)
    {
        await using var server = Server(status, body);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => ArchiveAsync(server));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Registry_that_cannot_be_reached_is_told_apart()
    {
        using var download = new Download("Lab:Npm:Registry", DownloadTests.Impatient);
        await Assert.ThrowsAsync<UnreachableSourceException>(() => new NpmRegistry(new Uri("http://127.0.0.1:1/"), "test")
            .ArchiveAsync(download, Package, "1.0.0", TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static RawHttpServer Server(int status, string body)
        => new((_, stream, token) => RawHttpServer.SendAsync(stream, status, Encoding.UTF8.GetBytes(body), token));

    private async Task<Uri> ArchiveAsync(RawHttpServer server, string path = "")
    {
        using var download = new Download("Lab:Npm:Registry", DownloadTests.Impatient);
        return await new NpmRegistry(new Uri(server.Address, path), "test")
            .ArchiveAsync(download, Package, "1.0.0", TestContext.Current.CancellationToken);
    }

    private Task<NpmRegistry> FindAsync(Uri? setting = null) => NpmRegistry.FindAsync(setting, Variable, TestContext.Current.CancellationToken);

    private string? Variable(string name) => _environment.GetValueOrDefault(name);

    private void Npm(string script)
    {
        _folder.Write("bin/npm", "#!/bin/sh\n" + script + "\n", executable: true);
        _environment["PATH"] = _folder.Below("bin");
    }
}
