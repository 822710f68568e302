using System.Text.RegularExpressions;
using CdcLab.Model.Live;

namespace CdcLab.Model.Options.Validation;

/// <summary>Names, images, folders, and what this version does not have yet.</summary>
internal static partial class NameRules
{
    private const string DataDirectory = "Lab:DataDirectory";

    // Measured: the data of a new lab takes 270 MiB before the first order.
    private const long LeastForNewData = 512 * ByteSize.MiB;
    private const long LeastForKeptData = 128 * ByteSize.MiB;

    public static void Judge(LabOptions options, MachineFacts facts, FaultList faults)
    {
        if (!Name().IsMatch(options.Name))
            faults.Add("Lab:Name", "is not a name that a container can carry", "1 to 32 lower-case letters, digits and dashes, no dash first or last, would do");

        Image("Lab:MySql:Image", options.MySql.Image, faults);
        Image("Lab:ZooKeeper:Image", options.ZooKeeper.Image, faults);
        Image("Lab:Kafka:Image", options.Kafka.Image, faults);
        Image("Lab:KafkaUi:Image", options.KafkaUi.Image, faults);
        if (options.Dashboard.Path is { } path && Unwritable(path) is { } fault)
            faults.Add("Lab:Dashboard:Path", fault, "the path of a file or folder would do");
        else if (options.Dashboard.Enabled && facts.DashboardIsThere == false)
            faults.Add("Lab:Dashboard:Path", "is no Aspire dashboard", "the folder that holds aspire-managed or Aspire.Dashboard with its wwwroot would do");
        Folder(options, facts.DataDirectory, faults);
    }

    private static void Folder(LabOptions options, DataDirectoryFacts? facts, FaultList faults)
    {
        if ((options.DataDirectory ?? facts?.Path) is { } text && !faults.Has("Lab:Name") && Unwritable(text) is { } fault)
            faults.Add(DataDirectory, fault, "the path of a folder would do");
        else if (options.DataDirectory?.Contains(',', StringComparison.Ordinal) == true || facts?.Path.Contains(',', StringComparison.Ordinal) == true)
            faults.Add(DataDirectory, "has a comma in its path, which Kafka's log.dirs takes for the end of a folder", "a folder without a comma would do");
        else if (((options.DataDirectory ?? facts?.Path) is { } folder && folder.Split('/').Any(part => part.StartsWith('~'))) || facts?.Path.Contains("/~", StringComparison.Ordinal) == true)
            faults.Add(DataDirectory, "has a ~ where a name begins, which the shell does not expand here and MySQL takes for the home directory", "the path written out, as in $HOME/lab, would do");
        else if (facts is not null && Problem(facts) is var (problem, wouldDo))
            faults.Add(DataDirectory, problem, wouldDo);
    }

    private static (string Problem, string WouldDo)? Problem(DataDirectoryFacts facts)
    {
        string word = facts.Word is { Length: > 0 } w ? $" ({w})" : "";
        return facts.State switch
        {
            DataDirectoryState.NotOurs => ($"{facts.Path} is not empty and is not a lab's folder{word}", "a new or empty folder would do"),
            DataDirectoryState.NotADirectory => ($"{facts.Path} is not a folder{word}", "the path of a folder would do"),
            DataDirectoryState.NotWritable => ($"{facts.Path} may not be written to{word}", "a folder of your own would do"),
            _ => DiskProblem(facts),
        };
    }

    private static (string Problem, string WouldDo)? DiskProblem(DataDirectoryFacts facts)
    {
        long least = facts.State == DataDirectoryState.Ours ? LeastForKeptData : LeastForNewData;
        return facts.FreeBytes < least
            ? ($"the disk of {facts.Path} has {facts.FreeBytes / ByteSize.MiB} MiB free, and the lab needs {least / ByteSize.MiB} MiB", "more room there, or a folder on another disk, would do")
            : null;
    }

    private static string? Unwritable(string path) =>
        path.Any(char.IsControl) ? "has a control character in it"
        : path.Length > 1000 ? "is too long for a path"
        : path.Split('/').Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > 255) ? "has a part that is too long for a file name"
        : null;

    private static void Image(string key, string image, FaultList faults)
    {
        if (image.Length > 255 || !ImageName().IsMatch(image))
            faults.Add(key, "is not the name of a container image", $"a name such as {LabSettings.All.First(s => s.Key == key).Default} would do");
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    // The reference grammar of container engines: [registry[:port]/]path[:tag][@digest].
    [GeneratedRegex(
        @"^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]{32,128})?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageName();
}
