namespace CdcLab.Model.Containers;

/// <summary>The names under which an engine knows the parts of a lab: fixed, so that people and both hosts find them.</summary>
public static class ContainerNames
{
    /// <summary>What the names of one lab begin with: <c>cdclab</c>, or <c>cdclab-NAME</c> where the lab has a name of its own.</summary>
    /// <param name="labName">The lab's name.</param>
    /// <returns>The beginning, which is also the name of its network.</returns>
    public static string Lab(string labName) => labName == "default" ? "cdclab" : $"cdclab-{labName}";

    /// <summary>The name of a resource's container, or of one of its volumes.</summary>
    /// <param name="labName">The lab's name.</param>
    /// <param name="part">The resource or the volume, by its name within the lab, e.g. <c>kafka-1</c> or <c>kafka-1-data</c>.</param>
    /// <returns>The name, e.g. <c>cdclab-kafka-1</c>.</returns>
    public static string Of(string labName, string part) => $"{Lab(labName)}-{part}";
}
