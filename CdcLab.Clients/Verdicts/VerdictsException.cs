namespace CdcLab.Clients.Verdicts;

/// <summary>The verifier could not be asked; the message is for the person who asked.</summary>
public sealed class VerdictsException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What was thrown below it.</param>
    public VerdictsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
