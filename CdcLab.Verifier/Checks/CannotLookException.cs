namespace CdcLab.Verifier.Checks;

/// <summary>A check could not look. The message says why in plain words, e.g. "ZooKeeper at 127.0.0.1:2181 refused the connection"; it becomes the verdict's <c>because</c>.</summary>
internal sealed class CannotLookException : Exception
{
    public CannotLookException(string message, string fix, Exception? innerException = null, IReadOnlyList<string>? needs = null)
        : base(message, innerException) => (Fix, Needs) = (fix, needs);

    /// <summary>The resources whose silence explains it; null for the resource of the check.</summary>
    public IReadOnlyList<string>? Needs { get; }

    public string Fix { get; }
}
