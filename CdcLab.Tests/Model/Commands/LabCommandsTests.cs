using System.ComponentModel;
using Aspire.Hosting;
using CdcLab.AppHost.Commands;
using CdcLab.AppHost.Lab;
using CdcLab.AppHost.Programs;
using CdcLab.Tests.Model.Programs;

namespace CdcLab.Tests.Model.Commands;

/// <summary>Tests that replace the console or set environment variables of this process: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideCollection
{
    public const string Name = "process-wide";
}

/// <summary>The commands, as far as they need no lab: what they refuse, and that a refusal changes nothing.</summary>
[Trait("tier", "model")]
[Collection(ProcessWideCollection.Name)]
public sealed class LabCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Lab => _folder.Below("lab");

    [Theory]
    [InlineData("verfy", "verfy")]
    [InlineData("--Kafka:Brokers=5", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("--report=x", "--report")]
    [InlineData("--Lab:Kafka:Brokers=0", "Lab:Kafka:Brokers = 0: is out of range")]
    [InlineData("--Lab:Nmae=x", "the nearest is Lab:Name")]
    [InlineData("--Lab:Name", "has no value")]
    [InlineData("@no-such-file", "@no-such-file")]
    [InlineData("verify --limit 0", "--limit 0: is a number of minutes")]
    [InlineData("verify --limit x", "--limit")]
    public async Task Wrong_arguments_are_one_line_and_exit_code_2(string arguments, string says)
    {
        (int code, string _, string error) = await RunAsync(arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.All(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.StartsWith("error: ", l, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Lab));
    }

    [Theory]
    [InlineData("verify", "--report=no/such\nfolder/\u001b[2J")]
    [InlineData("--no\nsuch\u001b[2J")]
    public async Task Control_characters_of_an_argument_are_not_shown(params string[] arguments)
    {
        string error = (await RunAsync(arguments)).Error;
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(error.TrimEnd('\n'), char.IsControl);
    }

    [Fact]
    public async Task Wrong_argument_and_wrong_setting_are_told_at_once() =>
        Assert.Equal(2, (await RunAsync(["--port=1", "--Lab:Kafka:Brokers=0"])).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

    [Fact]
    public async Task Verify_in_a_folder_that_is_not_a_labs_is_refused_before_a_lab_is_started()
    {
        _folder.Write("lab/photo.jpg");
        Assert.Contains("photo.jpg", (await RunAsync(["verify"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Aspire_refuses_leaves_no_folder()
    {
        (int code, string _, string error) = await RunAsync([], null, "--Lab:Runtime=process", $"--Lab:PortBase={PortUse.FreeBase("127.0.0.1")}", "--ASPNETCORE_URLS=x");
        Assert.Equal((2, "error: Invalid url: 'x'\n"), (code, error));
        Assert.False(Directory.Exists(Lab));
    }

    [Fact]
    public async Task Help_lists_the_commands_and_names_Aspires()
    {
        (int code, string output, string _) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        Assert.All((string[])["run", "verify", "reset", "aspire logs"], word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_that_cannot_be_written_is_told_before_a_lab_is_started()
    {
        Assert.Equal(2, (await RunAsync(["verify", "--report", _folder.Below("missing", "a.md")])).Code);
        Assert.Equal(2, (await RunAsync(["verify", "--json", _folder.Path])).Code);
        Assert.Equal(2, (await RunAsync(["verify", "--json", _folder.Below("a"), "--junit", _folder.Below("a")])).Code);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Reset_without_a_lab_is_done_at_once() => Assert.Equal(0, (await RunAsync(["reset", "--yes"])).Code);

    [Fact]
    public async Task Reset_deletes_the_lab_and_its_containers_volumes_first()
    {
        Hold(LabRuntime.Container).Dispose();
        bool wasThere = false;

        (int code, string output, string _) = await RunAsync(["reset", "--yes"], (options, _) =>
        {
            wasThere = Directory.Exists(Lab);
            Assert.Equal("other", options.Name);
            return Task.CompletedTask;
        }, "--Lab:Name=other");

        Assert.Equal(0, code);
        Assert.True(wasThere);
        Assert.Contains(Lab, output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Lab));
    }

    [Theory]
    [InlineData(typeof(ProgramUnavailableException))]
    [InlineData(typeof(Win32Exception))]
    [InlineData(typeof(DistributedApplicationException))]
    public async Task What_the_machine_lacks_is_one_line_without_a_stack_trace(Type exception)
    {
        Hold(LabRuntime.Container).Dispose();

        (int code, string _, string error) = await RunAsync(["reset", "--yes"], (_, _) => throw (Exception)Activator.CreateInstance(exception, "There is no docker: install it.")!);

        Assert.Equal((2, "error: There is no docker: install it.\n"), (code, error));
        Assert.True(Directory.Exists(Lab));
    }

    [Fact]
    public async Task Time_limit_of_verify_ends_it_with_what_was_last_not_ok()
    {
        Verdict bad = new() { Id = "kafka.kafka-3.answers", Resource = "kafka-3", Outcome = Outcome.Failed, Expected = "answers", Actual = "connection refused" };
        LabReport report = new() { At = default, Since = default, Lab = "x", Machine = "x", Checks = [bad, bad with { Id = "kafka.isr", CausedBy = bad.Id }] };
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(50));

        Assert.Equal((null, "kafka.kafka-3.answers (connection refused)"), await VerifyCommand.SettledAsync(() => report, () => false, () => "kafka-3: Running", limit.Token));
        Assert.Equal((null, "no report yet (mysql: Waiting)"), await VerifyCommand.SettledAsync(() => null, () => true, () => "mysql: Waiting", limit.Token));
        Assert.Equal((report, ""), await VerifyCommand.SettledAsync(() => report, () => true, () => "", limit.Token));
        LabReport whole = report with { Checks = [bad with { Outcome = Outcome.Ok }] };
        Assert.Equal(whole, (await VerifyCommand.SettledAsync(() => whole, () => false, () => "", limit.Token)).Report);
    }

    [Fact]
    public async Task Reset_touches_neither_a_running_lab_nor_a_foreign_folder_and_asks_where_it_can()
    {
        using (Hold(LabRuntime.Process))
            Assert.Contains("stop it first", (await RunAsync(["reset", "--yes"])).Error, StringComparison.Ordinal);
        Assert.Contains("--yes", (await RunAsync(["reset"])).Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Lab, LabSecrets.FileName)));

        Directory.Delete(Lab, recursive: true);
        _folder.Write("lab/photo.jpg");
        Assert.Equal(2, (await RunAsync(["reset", "--yes"])).Code);
        Assert.True(File.Exists(_folder.Below("lab", "photo.jpg")));
    }

    [Fact]
    public async Task Verify_of_a_lab_that_does_not_answer_yet_is_one_line()
    {
        using HeldDataDirectory held = Hold(LabRuntime.Process);
        Assert.Contains("about to start", (await RunAsync(["verify"])).Error, StringComparison.Ordinal);
        held.Announce(new("http://127.0.0.1:1"));
        (int code, string _, string error) = await RunAsync(["verify"]);
        Assert.Equal(2, code);
        Assert.Contains("does not answer", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private HeldDataDirectory Hold(LabRuntime runtime) =>
        LabDataDirectory.Of(new() { DataDirectory = Lab }).TryHold(runtime, out HeldDataDirectory? held, out string? fault) ? held : throw new InvalidOperationException(fault);

    private async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, Func<LabOptions, CancellationToken, Task>? removeVolumes = null, params string[] more)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter said = new();
        using StringWriter complained = new();
        Console.SetOut(said);
        Console.SetError(complained);
        Console.SetIn(TextReader.Null);
        try
        {
            int code = await LabCommands.RunAsync([.. arguments, $"--Lab:DataDirectory={Lab}", .. more], _ => throw new FormatException("Invalid url: 'x'"), removeVolumes ?? ((_, _) => Task.CompletedTask));
            return (code, said.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
