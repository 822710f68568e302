using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;

namespace CdcLab.AppHost;

/// <summary>The first line of every run: which host, which runtime, and why.</summary>
internal static class HostLine
{
    public static string Of(LabPlan plan) => $"CdcLab: standalone host, {(plan.Runtime == LabRuntimeKind.Container ? "container" : "embedded")} runtime ({plan.Because}).";
}
