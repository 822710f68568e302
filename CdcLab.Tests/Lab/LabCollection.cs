using Xunit;

namespace CdcLab.Tests.Lab;

/// <summary>Tests with real servers run one after the other, and after those without: two cores are soon busy, and a busy machine is no measure of anything.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LabCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "lab";
}
