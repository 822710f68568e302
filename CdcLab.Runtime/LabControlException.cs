namespace CdcLab.Runtime;

/// <summary>A command makes no sense now, or did not work; the message says why and what would do.</summary>
/// <param name="message">One line for a person.</param>
public class LabControlException(string message) : Exception(message);
