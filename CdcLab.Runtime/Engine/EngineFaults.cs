using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Servers;
using Docker.DotNet;

namespace CdcLab.Runtime.Engine;

/// <summary>What goes wrong with a container engine, in one line each.</summary>
internal static class EngineFaults
{
    // To start a container takes a few files; less than this is as good as nothing.
    private const long LeastFreeBytes = 16 * 1024 * 1024;

    /// <summary>Whether an exception says that the engine did not answer at all.</summary>
    public static bool IsSilence(Exception fault) => fault is HttpRequestException or SocketException or IOException or TimeoutException or UnauthorizedAccessException or ObjectDisposedException
        // So the engine's client wraps what a tcp address refuses.
        || (fault is AggregateException several && several.InnerExceptions.All(IsSilence));

    /// <summary>The reason of a silence, without a full stop.</summary>
    public static string Words(Exception silence) => silence.GetBaseException() switch
    {
        // What .NET makes of a socket file that is not there.
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "there is no such socket",
        Exception cause => cause.Message.TrimEnd('.'),
    };

    /// <summary>No engine, or no permission to talk to it.</summary>
    /// <param name="endpoint">Where it was asked.</param>
    /// <param name="silence">What came of it.</param>
    /// <param name="without">What else can be done than to have one; null where that is the runtime that needs none.</param>
    public static UnavailableException NoEngine(Uri endpoint, Exception silence, string? without = null)
    {
        string socket = endpoint.Scheme == "unix" ? endpoint.AbsolutePath : endpoint.Authority;
        Exception cause = silence.GetBaseException();
        bool forbidden = cause is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied };
        return new(forbidden
            ? $"The container engine's socket {socket} may not be opened by this user: join its group ('sudo usermod -aG docker $USER', then log in anew), or {without ?? "run the lab without containers (--Lab:Runtime=embedded)"}."
            : $"No container engine answers at {socket} ({Words(silence)}): start it, set DOCKER_HOST to where it listens, or {without ?? "run the lab without containers (--Lab:Runtime=embedded, with data of its own)"}.");
    }

    /// <summary>Why a lab could not be prepared.</summary>
    public static UnavailableException NotPrepared(DockerApiException refused)
    {
        string said = Said(refused);
        return new(IsDiskFull(said) ? DiskFull("The lab cannot be prepared") : $"The lab cannot be prepared, the container engine refuses: {said}.");
    }

    /// <summary>What the engine said when it refused, in one line without a full stop.</summary>
    public static string Said(DockerApiException refused)
    {
        string said = refused.ResponseBody ?? "";
        try
        {
            using JsonDocument json = JsonDocument.Parse(said);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out JsonElement message))
                said = message.GetString() ?? said;
        }
        catch (JsonException)
        {
            // Then it is the words themselves.
        }

        string line = string.Join(' ', said.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');
        return line.Length == 0 ? $"the engine answers {(int)refused.StatusCode} {refused.StatusCode}" : line;
    }

    /// <summary>Why a container could not be made or started, and what to do.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="refused">What the engine said.</param>
    /// <param name="freeBytes">What is free on the engine's disk, in bytes; null where that is not known.</param>
    public static string NotStarted(string resource, DockerApiException refused, long? freeBytes = null)
    {
        string said = Said(refused);
        // Not every part of an engine says why it failed.
        if (IsDiskFull(said) || freeBytes < LeastFreeBytes)
            return DiskFull(resource);
        if (said.Contains("address already in use", StringComparison.OrdinalIgnoreCase) || said.Contains("port is already allocated", StringComparison.OrdinalIgnoreCase))
            return $"{resource} cannot be started, one of its ports is taken ({said}): end what has it, or set Lab:PortBase to a block of free ports.";
        if (said.Contains("network", StringComparison.OrdinalIgnoreCase) && said.Contains("not found", StringComparison.OrdinalIgnoreCase))
            return $"{resource} cannot be started, the lab's network is gone ({said}): stop the lab and start it again, which makes it anew.";
        if (said.Contains("cannot assign requested address", StringComparison.OrdinalIgnoreCase))
            return $"{resource} cannot be started, the engine cannot bind its port ({said}): set Lab:BindAddress to an address of this machine.";
        return refused.StatusCode == HttpStatusCode.NotFound && said.Contains("No such image", StringComparison.OrdinalIgnoreCase)
            ? $"{resource} cannot be started, its image is gone ({said}): stop the lab and start it again, which gets the image anew."
            : $"{resource} cannot be started, the container engine refuses: {said}.";
    }

    /// <summary>Why a container that was started ended, where that is the disk.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="lastLines">What it wrote last.</param>
    /// <param name="freeBytes">What is free on the engine's disk, in bytes; null where that is not known.</param>
    /// <returns>The fault and what to do; null where nothing speaks for the disk.</returns>
    public static string? MetFullDisk(string resource, IEnumerable<string> lastLines, long? freeBytes) =>
        freeBytes < LeastFreeBytes || FullDisk.IsToldBy(lastLines) ? DiskFull(resource) : null;

    /// <summary>Whether the engine's words say that its disk is full.</summary>
    public static bool IsDiskFull(string said) => FullDisk.IsToldBy([said]);

    /// <summary>The line for a full disk.</summary>
    public static string DiskFull(string what) => $"{what}: the disk of the container engine is full (no space left on device): make room where it keeps its data ('docker info' names the folder, 'docker system df' what is in it).";
}
