using System.Runtime.CompilerServices;
using Xunit;

namespace CdcLab.Tests.Containers;

/// <summary>A fact that needs a container engine with the stand-in images; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = EngineUnderTest.Reason;
        SkipType = typeof(EngineUnderTest);
        SkipUnless = nameof(EngineUnderTest.IsHere);
    }
}
