namespace CdcLab.Runtime.View;

/// <summary>The keys of properties that the dashboard itself reads.</summary>
public static class KnownProperties
{
    /// <summary>The resource that it is nested in.</summary>
    public const string Parent = "resource.parentName";

    /// <summary>Its exit code; one that is not 0 makes its end red.</summary>
    public const string ExitCode = "resource.exitCode";

    /// <summary>What it waits for; a list.</summary>
    public const string WaitingFor = "resource.waitingFor";

    /// <summary>A process's program.</summary>
    public const string Program = "executable.path";

    /// <summary>A process's folder.</summary>
    public const string WorkingDirectory = "executable.workDir";

    /// <summary>A process's arguments; a list.</summary>
    public const string Arguments = "executable.args";

    /// <summary>A process's id.</summary>
    public const string ProcessId = "executable.pid";

    /// <summary>A service's project.</summary>
    public const string Project = "project.path";

    /// <summary>A container's image.</summary>
    public const string Image = "container.image";

    /// <summary>A container's id.</summary>
    public const string ContainerId = "container.id";

    /// <summary>A container's arguments; a list.</summary>
    public const string ContainerArguments = "container.args";
}
