using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Fetching.Apt;
using CdcLab.Tests.Model.Fetching;
using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace CdcLab.Tests.Lab.Fetching;

[Trait("tier", "lab")]
public sealed class MySqlFetchTests(FetchedParts parts)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetched_server_is_initialized_starts_and_answers_its_client()
    {
        var mysql = await parts.MySqlAsync(Token);
        using var folder = new TestFolder();
        string[] options =
        [
            .. mysql.LocationOptions, $"--datadir={folder.Below("data")}", "--secure-file-priv=NULL", "--mysqlx=OFF", $"--log-error={folder.Below("log")}",
            .. Environment.IsPrivilegedProcess ? (string[])["--user=root"] : [],
        ];
        var initialized = await RunAsync(mysql.Command, [.. options, "--initialize-insecure"]);
        Assert.True(initialized.IsSuccess, await LogAsync(folder));

        var socket = folder.Below("s");
        var server = Cli.Wrap(mysql.Command[0])
            .WithArguments([.. mysql.Command.Skip(1), .. options, "--skip-networking", $"--socket={socket}", $"--pid-file={folder.Below("pid")}"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(Token);
        try
        {
            Assert.Equal($"{mysql.Version}\t1", await AnswerAsync(mysql, socket, server, folder));
        }
        finally
        {
            await RunAsync(mysql.MySqlClientCommand!, ["--no-defaults", "-uroot", $"--socket={socket}", "-e", "SHUTDOWN"]);
            Assert.Equal(0, (await server.Task.WaitAsync(TimeSpan.FromSeconds(60), Token)).ExitCode);
        }
    }

    [Fact]
    public async Task Second_start_fetches_nothing_and_needs_neither_network_nor_apt()
    {
        var first = await parts.MySqlAsync(Token);
        var reports = new Reports();
        var second = await new MySqlSource(parts.Cache, _ => null).FindAsync(reports, Token);
        Assert.Equal(first.Command, second.Command);
        Assert.Equal(first.Origin, second.Origin);
        Assert.Empty(reports.All);
    }

    [Fact]
    public async Task Fetched_tree_holds_only_what_the_programs_need()
    {
        await parts.MySqlAsync(Token);
        var part = parts.Cache.Find("mysql", _ => true)!;
        Assert.DoesNotContain(part.Manifest.Contents, package => package.StartsWith("perl", StringComparison.Ordinal) || package.Contains("-base ", StringComparison.Ordinal));
        Assert.InRange(part.Manifest.Contents.Count, 10, 30);
        Assert.InRange(part.Manifest.Files.Sum(file => file.Value), 100_000_000, 400_000_000);
        var links = new DirectoryInfo(part.Folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
        Assert.DoesNotContain(links, entry => entry.LinkTarget?.StartsWith('/') == true);
    }

    [Fact]
    public async Task Progress_tells_of_reading_downloading_and_unpacking()
    {
        await parts.MySqlAsync(Token);
        var steps = parts.Reports.All.Where(report => report.Part == "mysql").Select(report => report.Step).Distinct().ToList();
        Assert.Equal(["reading package lists", "downloading", "unpacking"], steps);
        Assert.All(parts.Reports.All, report => Assert.True(report.TotalBytes is null || report.DoneBytes <= report.TotalBytes, report.ToString()));
    }

    [Fact]
    public async Task Source_of_a_third_party_that_comes_first_is_passed_over()
    {
        using var folder = new TestFolder();
        await ThirdPartyAsync(folder);
        var machine = await AptArchive.ReadMachineAsync(Environment.GetEnvironmentVariable, Token);
        var thirdParty = new AptSource("file:" + folder.Below("third"), [machine.Sources[0].BaseSuite!], ["main"], null, IsTrusted: true);
        var archive = machine with { Sources = [thirdParty, .. machine.Sources], Known = [] };
        var (apt, distribution) = await archive.OpenAsync(folder.Below("work"), thirdParty.BaseSuite, parts.Reports.For("other"), Token);
        Assert.True(Directory.Exists(folder.Below("work", "apt-1")), "The third party's source was not asked first.");
        Assert.All(await apt.ReleasesAsync(Token), release => Assert.Equal(distribution.Origin, release.Origin));
    }

    [Fact]
    public async Task Archive_that_cannot_be_read_gives_apts_own_error_in_one_line()
    {
        using var folder = new TestFolder();
        var machine = await AptArchive.ReadMachineAsync(Environment.GetEnvironmentVariable, Token);
        var archive = machine with { Sources = [new AptSource("file:" + folder.Below("absent"), ["sid"], ["main"], null, IsTrusted: false)], Known = [] };
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => archive.OpenAsync(folder.Below("work"), "sid", parts.Reports.For("other"), Token));
        Assert.Contains(folder.Below("absent"), fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private static async Task ThirdPartyAsync(TestFolder folder)
    {
        var suite = (await AptArchive.ReadMachineAsync(Environment.GetEnvironmentVariable, Token)).Sources[0].BaseSuite;
        folder.Write($"third/dists/{suite}/main/binary-amd64/Packages");
        // SHA-256 of nothing.
        folder.Write($"third/dists/{suite}/Release", $"""
            Origin: Third
            Label: Debian
            Suite: {suite}
            Codename: {suite}
            Date: Thu, 01 Jan 2026 00:00:00 UTC
            Architectures: amd64
            Components: main
            SHA256:
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages

            """);
    }

    private static async Task<string> AnswerAsync(MySqlInstallation mysql, string socket, CommandTask<CommandResult> server, TestFolder folder)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var answer = await RunAsync(mysql.MySqlClientCommand!, ["--no-defaults", "-uroot", $"--socket={socket}", "-N", "-e", "SELECT SUBSTRING_INDEX(VERSION(), '-', 1), REGEXP_LIKE('나', '[가-힣]')"]);
            if (answer.IsSuccess)
                return answer.StandardOutput.Trim();
            Assert.False(server.Task.IsCompleted || TimeProvider.System.GetElapsedTime(deadline) > TimeSpan.FromSeconds(60), answer.StandardError + await LogAsync(folder));
            await pace.WaitForNextTickAsync(Token);
        }
    }

    private static Task<string> LogAsync(TestFolder folder)
        => File.Exists(folder.Below("log")) ? File.ReadAllTextAsync(folder.Below("log"), Token) : Task.FromResult("no log");

    private static async Task<BufferedCommandResult> RunAsync(IReadOnlyList<string> command, IEnumerable<string> arguments)
        => await Cli.Wrap(command[0]).WithArguments([.. command.Skip(1), .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Token);
}
