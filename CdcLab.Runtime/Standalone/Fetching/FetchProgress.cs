namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>How far the fetching of one part is.</summary>
/// <param name="Part">The part: <c>mysql</c>, <c>java</c>, <c>kafka</c> or <c>dashboard</c>.</param>
/// <param name="Step">What is being done, as a short phrase: "downloading", "unpacking".</param>
/// <param name="DoneBytes">Bytes dealt with in this step so far.</param>
/// <param name="TotalBytes">Bytes that this step will deal with, or null when that is not known.</param>
public sealed record FetchProgress(string Part, string Step, long DoneBytes, long? TotalBytes);
