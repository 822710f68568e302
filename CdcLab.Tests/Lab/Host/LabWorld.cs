using CdcLab.Runtime.Standalone;

namespace CdcLab.Tests.Lab.Host;

/// <summary>A world of its own for one AppHost: state folder, current folder, port base. The cache of programs is the user's.</summary>
public sealed class LabWorld : IDisposable
{
    /// <summary>Makes it.</summary>
    public LabWorld()
    {
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"cdclab-tests-{Guid.NewGuid():N}")).FullName;
        Variables["XDG_STATE_HOME"] = Path.Combine(Folder, "state");
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("LAB__", StringComparison.OrdinalIgnoreCase)))
            Variables[name] = null;
        Variables["Lab__PortBase"] = PortBase.ToString();

        // An engine that happens to run on this machine must not change what these tests are about; containers have a tier of their own.
        Variables["Lab__Runtime"] = "embedded";

        // Its own tests turn it on: it would be 150 MB and a core for some seconds more in each of the others.
        Variables["Lab__Dashboard__Enabled"] = "false";

        // How fast a busy machine is says nothing about the lab: only an answer that never comes fails here.
        Variables["Lab__Verifier__MaxLatency"] = "30s";
    }

    /// <summary>The current folder of the AppHost.</summary>
    public string Folder { get; }

    /// <summary>Its port base.</summary>
    public int PortBase { get; } = FreePorts.Base();

    /// <summary>Variables on top of the test's own.</summary>
    public IDictionary<string, string?> Variables { get; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The default data directory in this world.</summary>
    public string DataDirectory => Path.Combine(Folder, "state", "cdclab", "default");

    /// <summary>For a test to which the number of brokers is nothing: one is there sooner than three.</summary>
    /// <returns>This world.</returns>
    public LabWorld WithOneBroker()
    {
        foreach (string name in (string[])["Brokers", "ReplicationFactor", "MinInSyncReplicas"])
            Variables["Lab__Kafka__" + name] = "1";
        return this;
    }

    /// <summary>Processes of any kind whose command line or environment names this world's folder.</summary>
    /// <returns>Process ids and command lines.</returns>
    public IReadOnlyList<string> Processes()
    {
        List<string> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            try
            {
                string command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                if (command.Length > 0 && (command.Contains(Folder, StringComparison.Ordinal) || File.ReadAllText(Path.Combine(process, "environ")).Contains(Folder, StringComparison.Ordinal)))
                    found.Add($"{Path.GetFileName(process)} {command}");
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
                continue;
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
