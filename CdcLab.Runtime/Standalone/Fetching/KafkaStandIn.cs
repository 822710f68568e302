namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>A Kafka from npm's registry that stands in where Apache's archive cannot be reached at all.</summary>
internal abstract partial class KafkaStandIn : KafkaEdition
{
    /// <summary>The stand-in of this build; null where it has none.</summary>
    public static KafkaStandIn? Known
    {
        get
        {
            KafkaStandIn? known = null;
            Find(ref known);
            return known;
        }
    }

    /// <summary>Its version.</summary>
    public abstract string Version { get; }

    /// <summary>Its series, e.g. <c>3.5</c>, as a data directory's stamp has it.</summary>
    public string Series => string.Join('.', Version.Split('.').Take(2));

    /// <summary>Name, version and what it is not, for every line about it.</summary>
    public string Description => $"Kafka {Version}{Remark}";

    /// <summary>The part's name in the cache.</summary>
    public abstract string Part { get; }

    /// <summary>Fetches, checks and unpacks it below <paramref name="work"/>.</summary>
    /// <param name="registry">The npm registry that is set; null for the machine's own.</param>
    /// <param name="limits">How patient the download is.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="work">A folder for it.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <exception cref="UnavailableException">It cannot be had; the message says why.</exception>
    public abstract Task<FetchedPart> FetchAsync(Uri? registry, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken);

    // Implemented beside the one that there is. Without its file the compiler drops the call, and there is none.
    static partial void Find(ref KafkaStandIn? known);
}
