using System.Text.Json;
using CdcLab.AppHost.Lab;
using CdcLab.Tests.Model.Programs;

namespace CdcLab.Tests.Model.Lab;

/// <summary>The data directory: what it may be, who holds it, what its files say, and that a refusal leaves nothing.</summary>
[Trait("tier", "model")]
public sealed class LabDataDirectoryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Missing_folder_is_made_private_and_held_by_one()
    {
        LabDataDirectory directory = At("a", "b", "lab");
        Assert.Null(directory.Problem());
        Assert.False(Directory.Exists(_folder.Below("a")));

        using (HeldDataDirectory held = Hold(directory))
        {
            Assert.True(directory.IsHeld);
            Assert.Contains("in use", directory.Problem(), StringComparison.Ordinal);
            Assert.Null(directory.Running);
            held.Announce(new("http://127.0.0.1:5180"));
            Assert.Equal((Environment.ProcessId, new Uri("http://127.0.0.1:5180")), (directory.Running!.Pid, directory.Running.Verifier));
            Assert.Contains($"process {Environment.ProcessId}", directory.Problem(), StringComparison.Ordinal);
            Assert.False(At("a", "b", "lab").TryHold(LabRuntime.Process, out _, out string? fault));
            Assert.Contains("in use", fault, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(held.SecretsFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(held.Path));
        }

        Assert.False(directory.IsHeld);
        Assert.Null(directory.Running);
        Assert.Null(directory.Problem());
    }

    [Fact]
    public void Secrets_runtime_and_id_stay_the_same()
    {
        LabSecrets first;
        string id;
        using (HeldDataDirectory held = Hold(At("lab")))
            (first, id) = (held.Secrets, held.Id);

        using HeldDataDirectory again = Hold(At("lab"), LabRuntime.Container);

        Assert.Equal((first, id), (again.Secrets, again.Id));
        Assert.Equal(6, first.All.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(LabRuntime.Process, At("lab").Runtime);
    }

    [Fact]
    public void Secrets_are_found_by_the_keys_that_people_are_told()
    {
        using HeldDataDirectory held = Hold(At("lab"));
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(held.SecretsFile));
        string[] keys = [.. file.RootElement.EnumerateObject().Select(p => p.Name)];

        Assert.Equal(keys, ((string[])[nameof(LabSecrets.Root), nameof(LabSecrets.Debezium), nameof(LabSecrets.Simulator), nameof(LabSecrets.KafkaUi), nameof(LabSecrets.Token), nameof(LabSecrets.DashboardToken)]).Select(LabSecrets.Key));
        Assert.Equal(held.Secrets.Debezium, file.RootElement.GetProperty(LabSecrets.Key(nameof(LabSecrets.Debezium))).GetString());
        Assert.Contains($"keys {string.Join(", ", keys.Select(k => $"`{k}`"))} |", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "docs", "operations.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_of_somebody_else_is_refused_and_left_as_it_was()
    {
        _folder.Write("lab/photo.jpg", "x");

        Assert.Contains("photo.jpg", At("lab").Problem(), StringComparison.Ordinal);
        Assert.False(At("lab").TryHold(LabRuntime.Process, out _, out _));
        Assert.Equal(["photo.jpg"], Directory.GetFileSystemEntries(_folder.Below("lab")).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_no_folder_or_cannot_be_one_is_refused()
    {
        _folder.Write("file", "x");

        Assert.Contains("is not a folder", At("file").Problem(), StringComparison.Ordinal);
        Assert.Contains($"{_folder.Below("file")} is not a folder", At("file", "a", "b").Problem(), StringComparison.Ordinal);
        Assert.Contains("cannot be written to", LabDataDirectory.Of(new() { DataDirectory = "/proc/cdclab" }).Problem(), StringComparison.Ordinal);
        string closed = Directory.CreateDirectory(_folder.Below("closed"), UnixFileMode.None).FullName;
        // Nothing is closed to root.
        if (!Environment.IsPrivilegedProcess)
            Assert.Contains("is denied); use a folder of your own", LabDataDirectory.Of(new() { DataDirectory = closed }).Problem(), StringComparison.Ordinal);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains("comma", At("a,b").Problem(), StringComparison.Ordinal);
        Assert.Contains("~", At("~", "b").Problem(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":1,"runtime":null,"id":"a"}""")]
    [InlineData("""{"format":1,"runtime":"auto","id":"a"}""")]
    [InlineData("""{"format":1,"runtime":"process","id":""}""")]
    [InlineData("""{"format":1,"runtime":"process","id":"a","kafkaSeries":"x"}""")]
    [InlineData("""{"format":2,"runtime":"process","id":"a"}""")]
    public void Damaged_stamp_or_one_of_another_version_is_one_line(string text)
    {
        _folder.Write("lab/" + LabDataDirectory.StampFile, text);
        string problem = At("lab").Problem()!;
        Assert.Contains(LabDataDirectory.StampFile, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"root":"a","debezium":null,"simulator":"c","kafkaUi":"d","token":"e","dashboardToken":"f"}""")]
    public void Damaged_secrets_are_one_line_and_are_not_overwritten(string text)
    {
        Hold(At("lab")).Dispose();
        string file = _folder.Write("lab/" + LabSecrets.FileName, text);

        Assert.Contains("is damaged", At("lab").Problem(), StringComparison.Ordinal);
        Assert.False(At("lab").TryHold(LabRuntime.Process, out _, out _));
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Secrets_are_not_generated_anew_beside_data_that_has_the_old_ones()
    {
        Hold(At("lab")).Dispose();
        File.Delete(_folder.Below("lab", LabSecrets.FileName));
        Assert.Null(At("lab").Problem());
        Directory.CreateDirectory(_folder.Below("lab", "data", "mysql"));
        Assert.Contains("lacks its secrets.json", At("lab").Problem(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9.7.4", "9.7.5", true)]
    [InlineData("8.0.36", "9.7.4", true)]
    [InlineData("9.7.4", "8.0.36", false)]
    public void Newer_MySql_opens_older_data_and_never_the_reverse(string written, string now, bool opens) =>
        Assert.Equal(opens, Admitted((held, version) => held.AdmitMySql(version), written, now));

    [Theory]
    [InlineData("3.5.2", "3.5.1", true)]
    [InlineData("3.5.2", "3.6.0", true)]
    [InlineData("3.5.2", "3.4.0", false)]
    [InlineData("0.9.0.1", "3.5.2", false)]
    [InlineData("3.5.2", "0.9.0.1", false)]
    [InlineData("0.9.0.1", "0.9.0.1", true)]
    public void Kafka_opens_older_data_but_nothing_crosses_1_0(string written, string now, bool opens) =>
        Assert.Equal(opens, Admitted((held, version) => held.AdmitKafka(version), written, now));

    [Fact]
    public void Deleting_takes_everything_and_follows_no_link()
    {
        string outside = _folder.Write("outside/kept", "x");
        Hold(At("lab")).Dispose();
        _folder.Write("lab/data/mysql/ibdata1", "x");
        Directory.CreateSymbolicLink(_folder.Below("lab", "link"), _folder.Below("outside"));
        Directory.CreateSymbolicLink(_folder.Below("alias"), _folder.Below("lab"));

        At("alias").Delete();

        Assert.False(Directory.Exists(_folder.Below("lab")));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public void Directory_of_a_running_lab_is_not_deleted()
    {
        using HeldDataDirectory held = Hold(At("lab"));
        Assert.Throws<IOException>(() => At("lab").Delete());
        Assert.True(File.Exists(held.SecretsFile));
    }

    [Fact]
    public void Temporary_directory_lies_where_no_named_lab_does_and_its_name_can_be_a_labs()
    {
        LabDataDirectory temporary = LabDataDirectory.Temporary();
        Assert.StartsWith(".", Path.GetFileName(Path.GetDirectoryName(temporary.Path)!), StringComparison.Ordinal);
        Assert.True(new LabOptionsValidator().Validate(null, new() { Name = Path.GetFileName(temporary.Path), DataDirectory = temporary.Path }).Succeeded);
    }

    public void Dispose() => _folder.Dispose();

    private static HeldDataDirectory Hold(LabDataDirectory directory, LabRuntime runtime = LabRuntime.Process) =>
        directory.TryHold(runtime, out HeldDataDirectory? held, out string? fault) ? held : throw new InvalidOperationException(fault);

    private bool Admitted(Action<HeldDataDirectory, Version> admit, string written, string now)
    {
        using (HeldDataDirectory first = Hold(At("lab")))
            admit(first, Version.Parse(written));
        using HeldDataDirectory second = Hold(At("lab"));
        if (Record.Exception(() => admit(second, Version.Parse(now))) is not { } refused)
            return true;
        Assert.Contains("reset", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        return false;
    }

    private LabDataDirectory At(params string[] parts) => LabDataDirectory.Of(new() { DataDirectory = _folder.Below(parts) });
}
