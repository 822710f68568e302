namespace CdcLab.Model.Live;

/// <summary>Something that this lab cannot show at all. It is decided once, at start, and is not a failure.</summary>
/// <param name="Id">The check or feature, e.g. <c>memory.caps</c>.</param>
/// <param name="Reason">Why it cannot be shown here.</param>
public sealed record NotPossible(string Id, string Reason);
