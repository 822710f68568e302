namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>The server answers, and has no such file.</summary>
internal sealed class NoSuchFileException(Uri address) : Exception($"{address} does not exist.");
