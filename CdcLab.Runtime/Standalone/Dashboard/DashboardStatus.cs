using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>How the dashboard of a running lab is.</summary>
/// <param name="Link">The page with its login.</param>
/// <param name="IsUp">Whether it has answered and has not ended since.</param>
/// <param name="Pid">Its process; null while it does not run.</param>
/// <param name="Memory">Its memory; null while it does not run.</param>
/// <param name="Because">Why it is not there; null while nothing is wrong, also while it is still being fetched or started.</param>
public sealed record DashboardStatus(Uri Link, bool IsUp, int? Pid, MemoryFigures? Memory, string? Because);
