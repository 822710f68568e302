using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using CdcLab.Model.Live;
using CdcLab.Tests.Lab;
using Confluent.Kafka;
using Dapper;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The running application, used as its model's connection strings and commands say.</summary>
[Collection("one Aspire lab at a time")]
[Trait("tier", "aspire")]
public sealed class WholeLabTests(RunningAspireLab lab) : IClassFixture<RunningAspireLab>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [AspireFact]
    public async Task Orders_come_into_MySql_and_the_debezium_user_sees_them()
    {
        string login = await ConnectionStringAsync("mysql-as-debezium");
        await using MySqlConnection connection = new(login);
        await connection.OpenAsync(Cancel);
        long before = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders");
        await Deadline.WaitAsync(Limit, () => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM orders"), now => now > before, "a new order");
    }

    [AspireFact]
    public async Task A_message_goes_through_Kafka()
    {
        string brokers = await ConnectionStringAsync("kafka");
        Assert.Equal(3, brokers.Split(',').Length);
        string topic = $"aspire-{Guid.NewGuid():N}";
        using IProducer<string, string> producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = brokers, Acks = Acks.All }).Build();
        DeliveryResult<string, string> written = await producer.ProduceAsync(topic, new() { Key = "key", Value = "seen" }, Cancel);
        Assert.Equal(PersistenceStatus.Persisted, written.Status);

        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { BootstrapServers = brokers, GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(new TopicPartitionOffset(written.TopicPartition, written.Offset));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        Assert.Equal("seen", consumer.Consume(limit.Token).Message.Value);
        consumer.Close();
    }

    [AspireFact]
    public async Task A_broker_is_killed_and_started_by_command_and_the_cluster_is_whole_again()
    {
        await CommandAsync("kafka-2", "kill");
        await StateAsync("kafka-2", "Exited");
        await CommandAsync("kafka-2", "start");
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        await HealthyAsync("kafka-2");
        using HttpClient verifier = lab.Application.CreateHttpClient("verifier", "http");
        await Deadline.WaitAsync(
            Limit,
            () => verifier.GetFromJsonAsync<LabReport>("/v1/report", LabJson.Options, Cancel),
            report => report is not null && report.At > startedAt && report.Checks.Where(c => c.Id is "kafka.isr" or "kafka.brokers" or "kafka-2.answers").Count(c => c.Outcome == Outcome.Ok) == 3,
            "every replica to be in sync again");
    }

    [AspireFact]
    public async Task A_pause_is_shown_at_once_and_resumed()
    {
        await CommandAsync("kafka-3", "pause");
        await StateAsync("kafka-3", "Paused");
        ExecuteCommandResult again = await lab.Commands.ExecuteCommandAsync("kafka-3", "pause", Cancel);
        Assert.False(again.Success);
        await CommandAsync("kafka-3", "resume");
        await StateAsync("kafka-3", "Running");
        await HealthyAsync("kafka");
    }

    [AspireFact]
    public async Task The_verifier_sees_everything_and_finds_nothing_amiss()
    {
        using HttpClient verifier = lab.Application.CreateHttpClient("verifier", "http");
        await Deadline.WaitAsync(
            Limit,
            () => verifier.GetFromJsonAsync<LabReport>("/v1/report", LabJson.Options, Cancel),
            report => report is { Checks.Count: > 30 } && report.Checks.All(c => c.Outcome == Outcome.Ok),
            "every check to be ok");
    }

    private async Task<string> ConnectionStringAsync(string name) => await lab.Application.GetConnectionStringAsync(name, Cancel) ?? throw new InvalidOperationException($"{name} has no connection string.");

    private async Task CommandAsync(string name, string command)
    {
        ExecuteCommandResult done = await lab.Commands.ExecuteCommandAsync(name, command, Cancel);
        Assert.True(done.Success, done.Message);
    }

    private async Task StateAsync(string name, string state)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        await lab.Application.ResourceNotifications.WaitForResourceAsync(name, state, limit.Token);
    }

    private async Task HealthyAsync(string name)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        await lab.Application.ResourceNotifications.WaitForResourceHealthyAsync(name, limit.Token);
    }
}
