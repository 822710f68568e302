namespace CdcLab.Benchmarks;

/// <summary>A number could not be measured.</summary>
/// <param name="message">Why.</param>
internal sealed class BenchmarkException(string message) : Exception(message);
