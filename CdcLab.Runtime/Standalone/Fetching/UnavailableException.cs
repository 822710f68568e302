namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>
/// A part of the lab cannot be had on this machine. The message is one line that says what is missing and what to do;
/// the entry prints it as it is, without a stack trace, and ends with exit code 2.
/// </summary>
/// <param name="message">What is missing and what to do, in one line.</param>
public sealed class UnavailableException(string message) : Exception(message);
