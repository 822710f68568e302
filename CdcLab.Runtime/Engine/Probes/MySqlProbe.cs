using CdcLab.Runtime.Convergence;

namespace CdcLab.Runtime.Engine.Probes;

/// <summary>MySQL: a login of root on the published port. While the image's entrypoint initializes, its server has no network, so nothing answers too early.</summary>
/// <param name="root">Asks it.</param>
/// <param name="finishedMark">A folder that is made once root could log in: the image's entrypoint takes a data folder that it has begun for a whole one.</param>
internal sealed class MySqlProbe(MySqlRoot root, string finishedMark) : ContainerProbe
{
    public override Task<string?> AskAsync(CancellationToken cancellationToken) => root.AskAsync(cancellationToken);

    public override Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(finishedMark);
        return root.ConvergeAsync(cancellationToken);
    }
}
