namespace CdcLab.Verifier.Probes;

/// <summary>What the probe measures, as figures are named.</summary>
public static class LatencyNames
{
    /// <summary>From the intended send to the acknowledgement by all replicas in sync.</summary>
    public const string ToAck = "produce-to-ack";

    /// <summary>From the intended send to the consumer.</summary>
    public const string ToConsume = "produce-to-consume";
}
