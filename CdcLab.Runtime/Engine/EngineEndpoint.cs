using CdcLab.Runtime.Standalone.Fetching;

namespace CdcLab.Runtime.Engine;

/// <summary>Where the container engine listens, as Docker's own tools find it: <c>DOCKER_HOST</c>, else the system's socket, else the user's own (rootless) one.</summary>
internal static class EngineEndpoint
{
    private const string SystemSocket = "/var/run/docker.sock";

    /// <summary>Finds it; nothing is asked.</summary>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <returns>An address such as <c>unix:///var/run/docker.sock</c>.</returns>
    /// <exception cref="UnavailableException"><c>DOCKER_HOST</c> is no address, or not one of this machine.</exception>
    public static Uri Find(Func<string, string?> environment)
    {
        if (environment("DOCKER_HOST") is { Length: > 0 } named)
        {
            if (!Uri.TryCreate(named, UriKind.Absolute, out Uri? address) || address.Scheme is not ("unix" or "tcp" or "http" or "https") || (address.Scheme == "unix" ? address.AbsolutePath.Length < 2 : address.Host.Length == 0))
                throw new UnavailableException($"DOCKER_HOST = {named} is no address of a container engine: unix:///var/run/docker.sock would do.");

            // What it publishes is on its own machine's loopback, and every address of the lab is on this one's.
            return address.Scheme == "unix" || address.IsLoopback
                ? address
                : throw new UnavailableException($"DOCKER_HOST = {named} names another machine, and the lab's servers must run on this one.");
        }

        return new("unix://" + (!File.Exists(SystemSocket) && environment("XDG_RUNTIME_DIR") is { Length: > 0 } folder && Path.Combine(folder, "docker.sock") is var own && File.Exists(own) ? own : SystemSocket));
    }
}
