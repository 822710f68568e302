using System.Runtime.CompilerServices;
using Xunit;

namespace CdcLab.Tests.Lab.Dashboard;

/// <summary>A fact that looks at the real dashboard with a real browser; skipped with the reason where one of the two cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DashboardFactAttribute : FactAttribute
{
    public DashboardFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = DashboardHere.Reason;
        SkipType = typeof(DashboardHere);
        SkipUnless = nameof(DashboardHere.AreBoth);
    }
}
