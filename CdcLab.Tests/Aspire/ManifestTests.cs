using System.Text.Json;
using CdcLab.Tests.Lab.Host;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The manifest, published by the program itself: no engine, no orchestrator.</summary>
[Trait("tier", "aspire")]
public sealed class ManifestTests
{
    [Fact]
    public async Task The_manifest_holds_the_lab_and_no_secret()
    {
        using LabWorld world = new();
        string file = Path.Combine(world.Folder, "manifest.json");
        (int code, string output) = await AppHostProcess.RunAsync(world, TimeSpan.FromSeconds(60), "--publisher", "manifest", "--output-path", file);
        Assert.True(code == 0, output);
        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        JsonElement resources = manifest.RootElement.GetProperty("resources");

        Assert.Equal("mysql:8.0", resources.GetProperty("mysql").GetProperty("image").GetString());
        Assert.Equal("{mysql-root-password.value}", resources.GetProperty("mysql").GetProperty("env").GetProperty("MYSQL_ROOT_PASSWORD").GetString());
        Assert.Contains(resources.GetProperty("mysql").GetProperty("args").EnumerateArray(), a => a.GetString() == "--binlog-format=ROW");
        Assert.Equal("confluentinc/cp-kafka:7.5.3", resources.GetProperty("kafka-3").GetProperty("image").GetString());
        Assert.Equal($"INTERNAL://kafka-3:29092,EXTERNAL://localhost:{world.PortBase + 13}", resources.GetProperty("kafka-3").GetProperty("env").GetProperty("KAFKA_ADVERTISED_LISTENERS").GetString());
        Assert.Equal("value.v0", resources.GetProperty("kafka").GetProperty("type").GetString());
        Assert.Equal("{mysql-simulator-password.value}", resources.GetProperty("order-simulator").GetProperty("env").GetProperty("Lab__Passwords__Simulator").GetString());
        Assert.True(resources.GetProperty("mysql-root-password").GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
    }
}
