using CdcLab.AppHost.Drills;
using CdcLab.AppHost.Programs;

namespace CdcLab.AppHost.Lab;

/// <summary>The lab's change data capture: a Connect worker and Debezium's connector for the two tables. It starts only where somebody asks for it.</summary>
internal static partial class DebeziumExtensions
{
    /// <summary>What is not possible while it is not started: the checks of worker and connector.</summary>
    public const string WhatNeedsIt = "cdc";

    public static void AddDebezium(this IDistributedApplicationBuilder builder, LabSession lab, IResourceBuilder<KafkaClusterResource> kafka, IResourceBuilder<IMySqlServer> mysql, IResourceBuilder<ParameterResource> password)
    {
        (LabOptions options, LabPorts ports) = (lab.Options, lab.Ports);
        string bootstrap = string.Join(',', kafka.Resource.Brokers.Select(b => b.Addresses.Internal));
        IResourceBuilder<IKafkaConnect> connect = builder.AddKafkaConnect(ResourceNames.Connect, lab.Runtime, kafka, new()
        {
            Image = options.Debezium.Image,
            Port = ports.Connect,
            MemoryCapBytes = options.Debezium.MemoryCap,
            HeapBytes = options.Debezium.Heap,
            Starts = options.Debezium.Start && Fault(lab) is null,
            Settings = DebeziumSettings.Worker(options, bootstrap),
            Secrets = [(DebeziumSettings.PasswordVariable, password)],
        }).WaitFor(mysql).WithFaultCommands().WithDrills(lab).OnInitializeResource((resource, e, _) =>
        {
            if (Fault(lab) is { } missing)
                NotHere(e.Logger, missing);
            return Task.CompletedTask;
        });
        connect.AddConnector(ResourceNames.OrdersCdc, DebeziumSettings.Connector(options, lab.Containers, bootstrap));
    }

    /// <summary>Why it is not started, and what to do, in one line.</summary>
    public static string WhyNotStarted(LabSession lab) => WhyNotHere(lab)
        ?? $"Debezium was not started: choose Start of {ResourceNames.Connect} in the dashboard, or start the lab with --Lab:Debezium:Start=true.";

    /// <summary>Why it cannot be started, and what to do, in one line; null where it can.</summary>
    public static string? WhyNotHere(LabSession lab) => Fault(lab) is { } fault ? $"Debezium is not here: {fault}" : null;

    private static string? Fault(LabSession lab) => lab.Containers ? null : DebeziumProgram.Fault(Environment.GetEnvironmentVariable);

    [LoggerMessage(41, LogLevel.Warning, "{Reason}")]
    private static partial void NotHere(ILogger log, string reason);
}
