namespace CdcLab.Clients.Verdicts;

/// <summary>The verifier's own answer to "do you run?".</summary>
/// <param name="Pid">Its process id.</param>
public sealed record VerifierHealth(int Pid);
