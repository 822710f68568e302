namespace CdcLab.Verifier.Probes;

/// <summary>What the probe measures, as figures are named.</summary>
internal static class LatencyNames
{
    public const string ToAck = "produce-to-ack";

    public const string ToConsume = "produce-to-consume";
}
