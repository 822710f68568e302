using System.Runtime.InteropServices;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Tells whether the servers that the embedded runtime uses can run on this machine at all.</summary>
public static class HostPlatform
{
    /// <summary>Checks this machine. To be called before anything is fetched.</summary>
    /// <exception cref="UnavailableException">This is not Linux on x86-64 with glibc.</exception>
    public static void ThrowIfUnsupported()
    {
        if (Fault(OperatingSystem.IsLinux(), RuntimeInformation.ProcessArchitecture, HasGlibc()) is { } fault)
            throw new UnavailableException(fault);
    }

    /// <summary>What is wrong with such a machine, in one line; null when nothing is.</summary>
    internal static string? Fault(bool isLinux, Architecture architecture, bool hasGlibc)
    {
        var found = (isLinux, architecture, hasGlibc) switch
        {
            (true, Architecture.X64, true) => null,
            (false, _, _) => RuntimeInformation.OSDescription,
            (_, not Architecture.X64, _) => $"Linux on {architecture}",
            _ => "Linux without glibc (musl?)",
        };
        return found is null
            ? null
            : $"The embedded runtime needs Linux on x86-64 with glibc, and this is {found}: use a machine with Docker and --Lab:Runtime=container.";
    }

    // musl has no such function; a "libc.so.6" alone may be a compatibility shim.
    private static bool HasGlibc()
        => NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);
}
