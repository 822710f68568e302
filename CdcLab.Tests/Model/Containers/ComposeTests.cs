using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using CdcLab.Runtime.Compose;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Containers;

/// <summary>The folder for Docker Compose: what it says, what it keeps, and that it holds no secret outside its <c>.env</c>.</summary>
[Trait("tier", "model")]
public sealed class ComposeTests : IDisposable
{
    private static readonly LabModel Picture = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Container);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("  kafka-2:\n    image: \"confluentinc/cp-kafka:7.5.3\"")]
    [InlineData("      - \"127.0.0.1:9093:9093\"")]
    [InlineData("      KAFKA_MIN_INSYNC_REPLICAS: \"2\"")]
    [InlineData("      - \"--binlog-format=ROW\"")]
    [InlineData("    mem_limit: 805306368\n    memswap_limit: 805306368")]
    [InlineData("    mem_limit: 402653184\n    memswap_limit: 402653184")]
    [InlineData("    mem_limit: 1073741824\n    memswap_limit: 1073741824")]
    [InlineData("    stop_grace_period: 60s")]
    [InlineData("        max-size: \"10m\"\n        max-file: \"3\"")]
    [InlineData("      MYSQL_ROOT_PASSWORD: \"${MYSQL_ROOT_PASSWORD:?is missing in .env}\"")]
    [InlineData("      AUTH_TYPE: \"LOGIN_FORM\"")]
    [InlineData("      - \"zookeeper-log:/var/lib/zookeeper/log\"")]
    [InlineData("      zookeeper:\n        condition: service_healthy")]
    public void Compose_file_carries_the_model(string lines) => Assert.Contains(lines, ComposeText.Of(Picture), StringComparison.Ordinal);

    [Fact]
    public void A_dollar_of_the_model_is_none_of_Composes() =>
        Assert.Contains("\"a$$b\"", ComposeText.Of(LabModel.From(new LabOptions { MySql = new MySqlOptions { Image = "a$b" } }, LabPorts.From(0), LabRuntimeKind.Container)), StringComparison.Ordinal);

    [Fact]
    public void Folder_is_private_where_it_must_be_and_keeps_its_passwords_when_it_is_written_anew()
    {
        ComposeFolder folder = new(_folder.Below("lab"));
        folder.Write(Picture);
        IReadOnlyDictionary<string, string> first = EnvFile.Read(File.ReadAllText(folder.EnvPath)).Secrets;

        folder.Write(Picture);

        Assert.Equal(["DEBEZIUM_PASSWORD", "KAFKA_UI_PASSWORD", "MYSQL_ROOT_PASSWORD", "SIMULATOR_PASSWORD"], first.Keys.Order(StringComparer.Ordinal));
        Assert.All(first.Values, password => Assert.Equal(32, password.Length));
        Assert.Equal(first, EnvFile.Read(File.ReadAllText(folder.EnvPath)).Secrets);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.EnvPath));
        string others = string.Concat(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(f => f != folder.EnvPath).Select(File.ReadAllText));
        Assert.All(first.Values, password => Assert.DoesNotContain(password, others, StringComparison.Ordinal));
    }

    [Fact]
    public void Folder_of_somebody_else_is_refused()
    {
        File.WriteAllText(_folder.Below("notes.txt"), "mine");

        Assert.Contains("not written by this command", Assert.Throws<UnavailableException>(() => new ComposeFolder(_folder.Path).Write(Picture)).Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Env_file_gives_back_the_settings_that_it_was_made_from()
    {
        LabOptions options = new() { PortBase = 29_000, Kafka = new KafkaOptions { Partitions = 7 }, DataDirectory = "/home/somebody/lab" };
        Dictionary<string, string> secrets = EnvFile.SecretNames.ToDictionary(n => n, n => $"it's {n} \\ $x", StringComparer.Ordinal);

        EnvFile read = EnvFile.Read(EnvFile.Of(secrets, options).Write());

        Assert.Equal(secrets, read.Secrets);
        (LabOptions found, IReadOnlyList<SettingFault> faults) = SettingsReader.Read(read.Settings);
        Assert.Empty(faults);
        Assert.Equal(options with { DataDirectory = null }, found);
    }

    [Theory]
    [InlineData("CREATE DATABASE IF NOT EXISTS cdclab")]
    [InlineData("CREATE USER 'debezium'@'%' IDENTIFIED WITH caching_sha2_password BY $(cdclab_literal \"$MYSQL_LAB_DEBEZIUM_PASSWORD\");")]
    [InlineData("GRANT RELOAD, REPLICATION CLIENT, REPLICATION SLAVE, SELECT, SHOW DATABASES ON *.* TO 'debezium'@'%';")]
    [InlineData("ON \\`cdclab\\`.* TO 'simulator'@'%';")]
    public void Init_script_makes_database_and_users_with_passwords_of_its_environment(string line) => Assert.Contains(line, MySqlInitText.Write(), StringComparison.Ordinal);
}
