namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>
/// A server cannot be reached at all: its name is not resolved, it refuses, there is no way to it, or the proxy on the way refuses. Told apart from slow, broken or
/// wrong answers, because only this one allows another source to be used instead.
/// </summary>
internal sealed class UnreachableException(Uri address, string reason) : Exception($"{address.Host} cannot be reached: {reason}");
