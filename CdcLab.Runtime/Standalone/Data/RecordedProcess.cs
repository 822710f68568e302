namespace CdcLab.Runtime.Standalone.Data;

/// <summary>A process as the run file knows it. Only one whose id, start time and boot all match is ever signalled.</summary>
/// <param name="Name">What it is, e.g. <c>kafka-1</c>.</param>
/// <param name="Pid">Its process id, and its group's.</param>
/// <param name="StartTime">Its start in clock ticks since boot (<c>/proc/PID/stat</c>).</param>
public sealed record RecordedProcess(string Name, int Pid, long StartTime);
