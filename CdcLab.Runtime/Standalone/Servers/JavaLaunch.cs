using System.Globalization;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>How ZooKeeper and the brokers are started: a Java class of the Kafka distribution with one properties file.</summary>
internal sealed class JavaLaunch(JavaInstallation java, KafkaInstallation kafka, DataDirectory directory)
{
    private const string Log4j = """
        log4j.rootLogger=INFO, stdout
        log4j.appender.stdout=org.apache.log4j.ConsoleAppender
        log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
        log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n
        # One line for each request would drown the rest.
        log4j.logger.kafka.request.logger=WARN
        log4j.logger.org.apache.zookeeper=WARN
        log4j.logger.org.apache.zookeeper.server.quorum=INFO
        log4j.logger.state.change.logger=WARN

        """;

    /// <summary>The Kafka that is started.</summary>
    public KafkaInstallation Kafka => kafka;

    public LaunchSpec Launch(LabResource resource, string mainClass, IReadOnlyList<string> options, IEnumerable<KeyValuePair<string, string>> properties)
    {
        string configuration = directory.Folder("config");
        string file = Path.Combine(configuration, resource.Name + ".properties");
        string log4j = Path.Combine(configuration, "log4j.properties");
        PropertiesFile.Write(file, properties);
        if (!File.Exists(log4j) || File.ReadAllText(log4j) != Log4j)
            DataDirectory.WritePrivate(log4j, Log4j);
        string heap = string.Create(CultureInfo.InvariantCulture, $"{resource.HeapBytes / 1024}k");
        return new()
        {
            WorkingDirectory = directory.Folder(resource.DataFolder!),
            Command =
            [
                .. java.Command,
                "-Xmx" + heap,
                "-Xms" + heap,
                .. options,
                "-XX:+ExitOnOutOfMemoryError",
                // Nothing of ours is left in the machine's folder for temporary files.
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + EmptyFolder("tmp", resource.Name),
                "-Djava.awt.headless=true",
                "-Dlog4j.configuration=" + new Uri(log4j).AbsoluteUri,
                "-cp", kafka.Classpath,
                mainClass,
                file,
            ],
            Variables = Variables,
        };
    }

    /// <summary>How a tool of the distribution is run.</summary>
    public LaunchSpec Tool(string mainClass, IReadOnlyList<string> arguments) => new()
    {
        WorkingDirectory = directory.Path,
        Command =
        [
            .. java.Command, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.io.tmpdir=" + EmptyFolder("tmp", mainClass), "-Djava.awt.headless=true",
            "-cp", kafka.Classpath, mainClass, .. arguments,
        ],
        Variables = Variables,
    };

    // What the user sets for other Java programs must not change the lab's.
    private static Dictionary<string, string?> Variables => new(StringComparer.Ordinal)
    {
        ["JAVA_TOOL_OPTIONS"] = null,
        ["JDK_JAVA_OPTIONS"] = null,
        ["_JAVA_OPTIONS"] = null,
        ["CLASSPATH"] = null,
        // In any other locale Java cannot open a file whose path has letters beyond ASCII.
        ["LC_ALL"] = "C.UTF-8",
    };

    // Native libraries are unpacked there at each start; those of the last start are not needed any more.
    private string EmptyFolder(string parent, string name)
    {
        string folder = Path.Combine(directory.Folder(parent), name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }
}
