using System.Diagnostics.CodeAnalysis;

namespace CdcLab.Verifier.Sources;

/// <summary>The settings with which one broker runs.</summary>
/// <param name="Broker">The broker.</param>
/// <param name="Values">Names and values; null where it could not be asked.</param>
/// <param name="WhyNot">Why it could not be asked, e.g. "kafka-2 did not answer in time".</param>
public sealed record BrokerSettings(BrokerAddresses Broker, IReadOnlyDictionary<string, string>? Values, string? WhyNot)
{
    /// <summary>Whether the broker answered.</summary>
    [MemberNotNullWhen(true, nameof(Values))]
    [MemberNotNullWhen(false, nameof(WhyNot))]
    public bool Answered => Values is not null;
}
