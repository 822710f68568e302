using System.Globalization;

namespace CdcLab.AppHost.Lifetime;

/// <summary>Notices the end of the <c>dotnet run</c> that started this process: it passes SIGTERM on, but neither SIGHUP nor its own SIGKILL.</summary>
internal sealed class ParentWatch : IDisposable
{
    private readonly Timer _timer;

    private ParentWatch(int parent, Action gone) => _timer = new(_ => Look(parent, gone), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>Watches the parent.</summary>
    /// <param name="gone">Called once, when it has ended.</param>
    /// <returns>Null when the parent is not a <c>dotnet run</c>: a shell or a service manager may end before us.</returns>
    public static ParentWatch? OfDotnetRun(Action gone)
    {
        int parent = Parent();
        string[] command = CommandLine(parent);
        bool isDotnetRun = command.Length > 1 && Path.GetFileName(command[0]) == "dotnet" && command.Contains("run", StringComparer.Ordinal);
        return isDotnetRun ? new(parent, gone) : null;
    }

    public void Dispose() => _timer.Dispose();

    private void Look(int parent, Action gone)
    {
        // An orphan is given another parent.
        if (Parent() == parent)
            return;
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
        gone();
    }

    private static int Parent()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
