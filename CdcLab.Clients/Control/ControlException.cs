namespace CdcLab.Clients.Control;

/// <summary>The host's control endpoint could not be reached, or refused; the message is for the person who asked.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">What was thrown below it.</param>
    public ControlException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
