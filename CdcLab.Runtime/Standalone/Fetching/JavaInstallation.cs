namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>A Java runtime that Kafka and ZooKeeper run on (11 to 21).</summary>
/// <param name="Command">The program and the arguments that come before Java's own options.</param>
/// <param name="MajorVersion">Java's feature version, such as 17.</param>
/// <param name="Origin">Where it came from, for people: "JAVA_HOME", "PATH" or the package and its version.</param>
public sealed record JavaInstallation(IReadOnlyList<string> Command, int MajorVersion, string Origin);
