using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace CdcLab.Tests.Lab;

/// <summary>A theory that needs Kafka 3.5: it carries the trait, and is skipped with the reason where another stands in for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Kafka35TheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public Kafka35TheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = Kafka35.Reason;
        SkipType = typeof(Kafka35);
        SkipUnless = nameof(Kafka35.IsHere);
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [KeyValuePair.Create(Kafka35.Trait, "needed")];
}
