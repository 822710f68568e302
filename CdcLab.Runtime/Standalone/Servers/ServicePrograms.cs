namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>Where the build has put the two services.</summary>
/// <param name="OrderSimulator">The simulator's executable.</param>
/// <param name="Verifier">The verifier's executable.</param>
public sealed record ServicePrograms(string OrderSimulator, string Verifier);
