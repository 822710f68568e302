namespace CdcLab.Runtime.Standalone;

/// <summary>A server or service could not be started; the message says which and why, with its last lines.</summary>
/// <param name="message">What happened.</param>
public sealed class ServerStartException(string message) : LabControlException(message);
