namespace CdcLab.AppHost.Processes;

/// <summary>A server that is a Java class with one properties file: a broker, ZooKeeper, a Connect worker.</summary>
internal sealed class JavaServer(ProcessRuntime runtime, string name, string java, string classPath)
{
    public async Task<LaunchCommand> LaunchAsync(string mainClass, long heapBytes, string collector, IEnumerable<(string Name, string Value)> properties, CancellationToken cancellationToken)
    {
        string file = Path.Combine(runtime.ConfigFolder, name + ".properties");
        string log4j = Path.Combine(runtime.ConfigFolder, name + ".log4j.properties");
        // Java reads properties files as Latin-1.
        await File.WriteAllTextAsync(file, string.Concat(properties.Select(p => $"{p.Name}={Escape(p.Value)}\n")), Encoding.Latin1, cancellationToken);
        await using (Stream packed = typeof(JavaServer).Assembly.GetManifestResourceStream("log4j.properties")!, unpacked = File.Create(log4j))
            await packed.CopyToAsync(unpacked, cancellationToken);
        string heap = $"{heapBytes / ByteSize.KiB}k";
        return new(
            java,
            [
                $"-Xmx{heap}", $"-Xms{heap}", collector, "-XX:+ExitOnOutOfMemoryError",
                // Nothing of ours is left in the machine's folder for temporary files.
                "-XX:-UsePerfData", $"-Djava.io.tmpdir={runtime.EmptyTemporaryFolder(name)}", "-Djava.awt.headless=true", $"-Dlog4j.configuration={new Uri(log4j).AbsoluteUri}",
                // In any other encoding Java cannot open a file whose path has letters beyond ASCII.
                "-Dsun.jnu.encoding=UTF-8", "-cp", classPath, mainClass, file,
            ],
            Directory.CreateDirectory(runtime.DataFolder(name)).FullName);
    }

    private static string Escape(string value) => string.Concat(value.Select((c, i) => c switch
    {
        '\\' => @"\\",
        < ' ' or > '~' => $"\\u{(int)c:x4}",
        ' ' when i == 0 => @"\ ",
        _ => $"{c}",
    }));
}
