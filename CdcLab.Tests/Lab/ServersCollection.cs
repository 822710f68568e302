using Xunit;

namespace CdcLab.Tests.Lab;

/// <summary>Tests with a MySQL or a Kafka cluster of their own run one after the other, beside those with whole labs: most of either is waiting.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "servers";
}
