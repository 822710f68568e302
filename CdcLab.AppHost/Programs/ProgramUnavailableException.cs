namespace CdcLab.AppHost.Programs;

/// <summary>A program cannot be found or fetched on this machine. The message is one line for a person: what is wrong, where, what to do.</summary>
internal sealed class ProgramUnavailableException(string message) : Exception(message);

/// <summary>
/// A server cannot be reached at all: its name is not resolved, it refuses, there is no route to it, or the proxy refuses. Told apart from slow, broken or
/// wrong answers, because only this one allows another source to be used instead.
/// </summary>
internal sealed class UnreachableSourceException(Uri address, string reason) : Exception($"{address.Host} cannot be reached: {reason}");

/// <summary>The server answers, and has no such file.</summary>
internal sealed class NoSuchFileException(Uri address) : Exception($"{address} does not exist.");
