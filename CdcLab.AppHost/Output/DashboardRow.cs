using CdcLab.Model.Live;

namespace CdcLab.AppHost.Output;

/// <summary>The dashboard's line in the table of memory.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Port">The port of its page.</param>
/// <param name="Memory">Its memory.</param>
internal sealed record DashboardRow(int Pid, int Port, MemoryFigures Memory);
