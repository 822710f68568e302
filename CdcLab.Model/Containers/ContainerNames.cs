namespace CdcLab.Model.Containers;

/// <summary>The names under which an engine knows the parts of a lab.</summary>
public static class ContainerNames
{
    /// <summary>What the names of one lab begin with: <c>cdclab</c>, or <c>cdclab-NAME</c> where the lab has a name of its own.</summary>
    /// <param name="labName">The lab's name.</param>
    /// <returns>The beginning, which is also the name of its network.</returns>
    public static string Lab(string labName) => labName == "default" ? "cdclab" : $"cdclab-{labName}";
}
