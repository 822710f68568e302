using System.Runtime.CompilerServices;
using CdcLab.Tests.Containers;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>A fact that runs the whole Aspire application; skipped with the reason where no container engine answers.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AspireFactAttribute : FactAttribute
{
    public AspireFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "Needs a container engine that answers.";
        SkipType = typeof(EngineUnderTest);
        SkipUnless = nameof(EngineUnderTest.Answers);
    }
}
