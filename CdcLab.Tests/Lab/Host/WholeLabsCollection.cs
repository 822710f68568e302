using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>Tests with whole labs run one after the other: two at once would ask more of two cores than a verdict's time leaves.</summary>
[CollectionDefinition(Name)]
public sealed class WholeLabsCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "whole labs";
}
