namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>The signals that the lab sends, by their numbers on Linux x86-64.</summary>
internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
