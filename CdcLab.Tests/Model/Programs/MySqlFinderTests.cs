using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class MySqlFinderTests : IDisposable
{
    private const string OracleVersion = "mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)";

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Home_with_MySQLs_own_archive_is_used()
    {
        Distribution("bin/mysqld", "share", "share/charsets", "lib/plugin", OracleVersion);
        _folder.Write("home/bin/mysql", "", executable: true);
        var found = await FindAsync();
        var home = _folder.Below("home");
        Assert.Equal(Path.Combine(home, "bin/mysqld"), found.Program);
        Assert.Empty(found.LeadingArguments);
        Assert.Equal([Path.Combine(home, "bin", "mysql")], found.MySqlClientCommand);
        Assert.Equal(
            ["--no-defaults", $"--basedir={home}", $"--lc-messages-dir={home}/share", $"--character-sets-dir={home}/share/charsets", $"--plugin-dir={home}/lib/plugin"],
            found.LocationOptions);
        Assert.Equal((new Version(8, 4, 3), "MYSQL_HOME"), (found.Version, found.Origin));
    }

    [Fact]
    public async Task Home_with_a_distributions_packages_is_used()
    {
        Distribution("usr/sbin/mysqld", "usr/share/mysql", "usr/share/mysql/charsets", "usr/lib/mysql/plugin", "/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))");
        var found = await FindAsync();
        var usr = _folder.Below("home", "usr");
        Assert.Equal((usr, usr + "/share/mysql", usr + "/share/mysql/charsets", usr + "/lib/mysql/plugin"), (found.BaseDirectory, found.MessagesDirectory, found.CharacterSetsDirectory, found.PluginDirectory));
        Assert.Equal(new Version(8, 0, 36), found.Version);
        Assert.Null(found.MySqlClientCommand);
    }

    [Fact]
    public void Distribution_with_a_loader_of_its_own_is_started_by_it()
    {
        Distribution("usr/sbin/mysqld", "usr/share/mysql", "usr/share/mysql/charsets", "usr/lib/mysql/plugin", "");
        _folder.Write("home/lib/ld-linux-x86-64.so.2");
        var server = _folder.Below("home", "usr/sbin/mysqld");
        var lib = _folder.Below("home", "lib");
        var found = MySqlDistribution.Read(_folder.Below("home"), new(9, 7), "", out _)!;
        Assert.Equal(Path.Combine(lib, "ld-linux-x86-64.so.2"), found.Program);
        Assert.Equal(["--inhibit-cache", "--library-path", lib, "--argv0", server, server], found.LeadingArguments);
    }

    [Theory]
    [InlineData("mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)", "is MariaDB")]
    [InlineData("mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))", "not MySQL 8.0 or later")]
    [InlineData("nonsense", "not MySQL 8.0 or later")]
    public async Task Home_with_another_server_is_refused(string says, string because)
    {
        Distribution("bin/mysqld", "share", "share/charsets", "lib/plugin", says);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync);
        Assert.Contains("MYSQL_HOME, " + _folder.Below("home"), fault.Message, StringComparison.Ordinal);
        Assert.Contains(because, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Home_whose_server_does_not_start_is_refused_with_what_it_said()
    {
        Distribution("bin/mysqld", "share", "share/charsets", "lib/plugin", "");
        _folder.Write("home/bin/mysqld", "#!/bin/sh\necho 'libaio.so.1: cannot open' >&2\nexit 127\n", executable: true);
        Assert.Contains("libaio.so.1: cannot open", (await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Home_without_a_server_or_without_messages_is_refused()
    {
        Assert.Contains("is no folder", (await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync)).Message, StringComparison.Ordinal);
        _folder.Write("home/readme");
        Assert.Contains("bin/mysqld", (await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync)).Message, StringComparison.Ordinal);
        _folder.Write("home/bin/mysqld", $"#!/bin/sh\necho '{OracleVersion}'\n", executable: true);
        Assert.Contains("errmsg.sys", (await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_with_a_colon_in_its_name_is_refused_before_anything_is_fetched()
    {
        var source = new MySqlFinder(new ProgramCache(_folder.Below("a:b")), _ => null);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => source.FindAsync(new Reports(), TestContext.Current.CancellationToken));
        Assert.Contains("XDG_CACHE_HOME", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_apt_gives_one_line_that_says_what_to_set()
    {
        var source = new MySqlFinder(new ProgramCache(_folder.Below("cache")), name => name == "PATH" ? _folder.Path : null);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => source.FindAsync(new Reports(), TestContext.Current.CancellationToken));
        Assert.Contains("no apt-get", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MYSQL_HOME", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Library_in_none_of_the_packages_is_told_and_the_machines_own_is_not_taken_for_it()
    {
        const string Loader = "/lib64/ld-linux-x86-64.so.2";
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(
            () => MySqlFinder.LibrariesOfAsync(Environment.ProcessPath!, Loader, [_folder.Path], TestContext.Current.CancellationToken));
        Assert.Contains("libc.so.6", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MYSQL_HOME", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_the_loader_cannot_read_is_told_with_what_it_said()
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(
            () => MySqlFinder.LibrariesOfAsync(_folder.Write("mysqld", "text"), "/lib64/ld-linux-x86-64.so.2", [_folder.Path], TestContext.Current.CancellationToken));
        Assert.Contains("mysqld, as fetched by apt, cannot be loaded", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Distribution(string server, string messages, string characterSets, string plugins, string says)
    {
        _folder.Write("home/" + server, $"#!/bin/sh\necho '{says}'\n", executable: true);
        _folder.Write($"home/{messages}/english/errmsg.sys");
        _folder.Write($"home/{characterSets}/Index.xml");
        Directory.CreateDirectory(_folder.Below("home", plugins));
    }

    private Task<MySqlProgram> FindAsync()
        => new MySqlFinder(new ProgramCache(_folder.Below("cache")), name => name == "MYSQL_HOME" ? _folder.Below("home") : null)
            .FindAsync(new Reports(), TestContext.Current.CancellationToken);
}
