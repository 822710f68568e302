namespace CdcLab.Model;

/// <summary>One broker.</summary>
public sealed record KafkaBroker : LabResource
{
    /// <summary>Its id, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>Where the other brokers and containers reach it, e.g. <c>kafka-1:29092</c>, or <c>127.0.0.1:29092</c> embedded.</summary>
    public required string InternalAddress { get; init; }

    /// <summary>Where clients on the host reach it, e.g. <c>localhost:9092</c>.</summary>
    public required string ExternalAddress { get; init; }

    /// <summary>Its settings: those of the cluster, and its own listeners.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }
}
