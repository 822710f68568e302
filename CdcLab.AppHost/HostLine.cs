using CdcLab.Model.Options;

namespace CdcLab.AppHost;

/// <summary>The first line of every run: which host, which runtime, and why.</summary>
internal static class HostLine
{
    public static string Of(LabOptions options) => options.Runtime == LabRuntimeKind.Embedded
        ? "CdcLab: standalone host, embedded runtime (Lab:Runtime=embedded)."
        : "CdcLab: standalone host, embedded runtime (Lab:Runtime=auto; this version has no container runtime).";
}
