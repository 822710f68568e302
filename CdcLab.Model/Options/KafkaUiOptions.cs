namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:KafkaUi</c>.</summary>
public sealed record KafkaUiOptions
{
    /// <summary>The container image.</summary>
    public string Image { get; init; } = "provectuslabs/kafka-ui:v0.7.2";

    /// <summary>Memory cap in bytes.</summary>
    public long MemoryCap { get; init; } = 384 * ByteSize.MiB;

    /// <summary>Whether it is writable and without a login; only on loopback.</summary>
    public bool Open { get; init; }
}
