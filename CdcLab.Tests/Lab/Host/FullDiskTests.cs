using System.Diagnostics;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>A lab whose disk is full. The disk is a small one in memory, which only the lab's own mount namespace has.</summary>
[Trait("tier", "lab")]
[Collection(WholeLabsCollection.Name)]
public sealed class FullDiskTests
{
    private const string ErrorsNoSpace = "No space left on device";

    [Fact]
    public async Task Disk_that_fills_while_the_lab_runs_does_not_keep_it_from_stopping()
    {
        using LabWorld world = new LabWorld().WithOneBroker();
        using AppHostProcess host = StartOnDisk(world, "900m");
        await host.SaysAsync("The lab is up", TimeSpan.FromMinutes(5));

        // The lab's own view of its folders, through its process.
        string filler = $"/proc/{host.Pid}/root{world.Folder}/state/filler";
        using (Process fill = Process.Start(new ProcessStartInfo("dd", ["if=/dev/zero", $"of={filler}", "bs=1M"]) { RedirectStandardError = true, UseShellExecute = false })!)
            Assert.Contains(ErrorsNoSpace, await fill.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        host.Signal("TERM");

        Assert.Equal(0, await host.EndAsync(TimeSpan.FromSeconds(100)));
        Assert.Empty(world.Processes());
    }

    [Fact]
    public async Task Disk_too_small_for_the_data_is_one_line_and_nothing_runs()
    {
        using LabWorld world = new();
        using AppHostProcess host = StartOnDisk(world, "60m");

        Assert.Equal(2, await host.EndAsync(TimeSpan.FromMinutes(2)));
        Assert.StartsWith("error: Lab:DataDirectory: the disk of ", Assert.Single(host.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(world.Processes());
    }

    private static AppHostProcess StartOnDisk(LabWorld world, string size)
    {
        using (Process namespaces = Process.Start("unshare", ["--map-root-user", "--mount", "true"]))
        {
            namespaces.WaitForExit();
            Assert.SkipUnless(namespaces.ExitCode == 0, "This user may not make a mount namespace (unshare --map-root-user --mount).");
        }

        string state = Directory.CreateDirectory(Path.Combine(world.Folder, "state")).FullName;
        return AppHostProcess.StartBy(world, ["unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size={size} tmpfs '{state}' && exec \"$@\"", "sh"]);
    }
}
