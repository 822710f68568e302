namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>A part that was just fetched and unpacked in a work folder, ready to be moved into the cache.</summary>
/// <param name="Folder">Its unpacked tree, below the work folder.</param>
/// <param name="Version">Its version; becomes the end of the cache folder's name.</param>
/// <param name="Origin">Where it came from, for people.</param>
/// <param name="Contents">What it was made of, one line each.</param>
internal sealed record FetchedPart(string Folder, string Version, string Origin, IReadOnlyList<string> Contents);

/// <summary>A whole part in the cache.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">What is known of it.</param>
internal sealed record CachedPart(string Folder, PartManifest Manifest);
