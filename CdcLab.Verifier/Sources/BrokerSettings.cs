using System.Diagnostics.CodeAnalysis;

namespace CdcLab.Verifier.Sources;

/// <summary>The settings with which one broker runs.</summary>
internal sealed record BrokerSettings(BrokerAddresses Broker, IReadOnlyDictionary<string, string>? Values, string? WhyNot)
{
    [MemberNotNullWhen(true, nameof(Values))]
    [MemberNotNullWhen(false, nameof(WhyNot))]
    public bool Answered => Values is not null;
}
