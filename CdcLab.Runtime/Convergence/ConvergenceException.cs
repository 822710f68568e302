namespace CdcLab.Runtime.Convergence;

/// <summary>MySQL answers, and what the lab needs of it could not be brought about.</summary>
/// <param name="message">What, why, and what to do, in one line without a password.</param>
public sealed class ConvergenceException(string message) : Exception(message);
