namespace CdcLab.Runtime;

/// <summary>There is no server or service of that name.</summary>
/// <param name="name">The name that was given.</param>
/// <param name="known">The names that there are.</param>
public sealed class UnknownResourceException(string name, IEnumerable<string> known)
    : LabControlException($"There is no server or service named '{name}'; there are {string.Join(", ", known)}.");
