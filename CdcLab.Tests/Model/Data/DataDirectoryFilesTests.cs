using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Data;

/// <summary>The files of a data directory, lost, damaged, or where they cannot be.</summary>
[Trait("tier", "model")]
public sealed class DataDirectoryFilesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"root":"a","debezium":"b","simulator":"c"}""")]
    [InlineData("""{"root":"a","debezium":null,"simulator":"c","token":"d"}""")]
    public void Damaged_secrets_are_one_clear_line(string text)
    {
        DataDirectory directory = Made();
        File.WriteAllText(directory.SecretsPath, text);
        string said = Assert.Throws<UnavailableException>(() => LabSecrets.ReadOrMake(directory, "mysql")).Message;
        Assert.Contains(directory.SecretsPath, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    [Fact]
    public void Secrets_are_not_made_anew_beside_data_that_has_the_old_ones()
    {
        DataDirectory directory = Made();
        LabSecrets made = LabSecrets.ReadOrMake(directory, "mysql");
        directory.Folder("mysql");
        Assert.Equal(made, LabSecrets.ReadOrMake(directory, "mysql"));
        File.Delete(directory.SecretsPath);
        Assert.Contains("is missing", Assert.Throws<UnavailableException>(() => LabSecrets.ReadOrMake(directory, "mysql")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"root":"a","debezium":"b","simulator":"c","token":"d"}""")]
    [InlineData("""{"root":"a","debezium":"b","simulator":"c","token":"d","kafkaUi":null,"dashboardToken":""}""")]
    public void Secrets_that_an_older_version_did_not_know_are_made_once_and_kept(string text)
    {
        DataDirectory directory = Made();
        File.WriteAllText(directory.SecretsPath, text);

        LabSecrets first = LabSecrets.ReadOrMake(directory, "mysql");

        Assert.Equal(("a", "b", "c", "d"), (first.Root, first.Debezium, first.Simulator, first.Token));
        Assert.All([first.KafkaUi, first.DashboardToken, first.DashboardOtlpKey, first.DashboardServiceKey], made => Assert.Equal(32, made.Length));
        Assert.Equal(first, LabSecrets.ReadOrMake(directory, "mysql"));
        Assert.Equal(first, LabSecrets.Read(directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"bootId":"b","host":null}""")]
    [InlineData("""{"bootId":"b","host":{"name":"host","pid":1,"startTime":1},"processes":null}""")]
    [InlineData("""{"bootId":"b","host":{"name":"host","pid":1,"startTime":1},"processes":[null]}""")]
    public void Damaged_run_file_is_none(string text)
    {
        DataDirectory directory = Made();
        File.WriteAllText(directory.RunFilePath, text);
        Assert.Null(RunRecord.Read(directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"runtime":null}""")]
    [InlineData("""{"runtime":"embedded","kafkaSeries":"x"}""")]
    [InlineData("""{"runtime":"embedded","mySqlSeries":""}""")]
    [InlineData("""{"format":2,"runtime":"embedded"}""")]
    public void Damaged_stamp_or_one_of_another_version_is_one_clear_line(string text)
    {
        DataDirectory directory = Made();
        File.WriteAllText(directory.StampPath, text);
        string said = Assert.Throws<UnavailableException>(() => Stamp.Read(directory)).Message;
        Assert.Contains(directory.StampPath, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(30, 200)]
    public void Folder_that_no_path_can_name_holds_no_lab(int parts, int length) =>
        Assert.Null(RunRecord.Living(new DataDirectory("/" + string.Join('/', Enumerable.Repeat(new string('a', length), parts)))));

    [Fact]
    public void Lock_is_held_by_one_and_other_errors_are_not_taken_for_that()
    {
        DataDirectory directory = Made();
        using (DataDirectoryLock? first = DataDirectoryLock.TryTake(directory))
        {
            Assert.NotNull(first);
            Assert.Null(DataDirectoryLock.TryTake(directory));
        }

        using DataDirectoryLock? again = DataDirectoryLock.TryTake(directory);
        Assert.NotNull(again);
        Assert.ThrowsAny<IOException>(() => DataDirectoryLock.TryTake(new DataDirectory(_folder.Below("missing"))));
    }

    [Fact]
    public void No_lab_with_a_name_lies_where_one_shot_labs_are_deleted()
    {
        string? root = Path.GetDirectoryName(TemporaryLabs.Name("verify").Path);
        Assert.StartsWith(".", Path.GetFileName(root), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private DataDirectory Made()
    {
        DataDirectory directory = new(_folder.Below("lab"));
        directory.Create();
        return directory;
    }
}
