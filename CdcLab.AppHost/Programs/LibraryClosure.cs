namespace CdcLab.AppHost.Programs;

/// <summary>
/// Finds the smallest set of libraries with which programs run: what the files themselves need, followed from file to file, and not
/// what packages depend on (Perl, for scripts that are never started, and libraries of plugins that are never loaded).
/// </summary>
internal sealed class LibraryClosure(AptWorkspace apt, string staging)
{
    private const string LibraryPath = "x86_64-linux-gnu";

    private readonly Dictionary<string, (string File, AptPackage Package)> _brought = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<AptPackage> _kept = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The packages that brought a needed library.</summary>
    public IEnumerable<AptPackage> Packages => _kept;

    /// <summary>Finds the libraries for <paramref name="programs"/>, fetching packages as they are needed.</summary>
    /// <param name="programs">The programs' files.</param>
    /// <param name="owners">The packages that they came in, whose dependencies are the first to be looked into.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The library's file by the name under which it is needed.</returns>
    /// <exception cref="ProgramUnavailableException">No package brings a library that is needed.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        IEnumerable<string> programs, IReadOnlyCollection<AptPackage> owners, CancellationToken cancellationToken)
    {
        var open = new HashSet<string>(programs.SelectMany(NeededBy), StringComparer.Ordinal);
        while (true)
        {
            open = Follow(open);
            if (open.Count == 0)
                return _used;
            var next = await NextPackagesAsync(owners.Concat(_kept), cancellationToken);
            if (next.Count == 0)
                throw new ProgramUnavailableException($"{string.Join(", ", open.Order(StringComparer.Ordinal))}, needed by {owners.First().Name}, is in none of the packages that it depends on: this suite is broken at the moment, try again later or set MYSQL_HOME.");
            foreach (var (package, folder) in await apt.FetchAsync(next, package => Path.Combine(staging, package.Name), cancellationToken))
                Take(package, folder);
        }
    }

    /// <summary>Follows the needs as far as the packages at hand go.</summary>
    /// <returns>The names that none of them brings.</returns>
    private HashSet<string> Follow(HashSet<string> names)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(names);
        while (queue.TryDequeue(out var name))
        {
            if (_used.ContainsKey(name))
                continue;
            if (!_brought.TryGetValue(name, out var library))
            {
                missing.Add(name);
                continue;
            }

            _used.Add(name, library.File);
            _kept.Add(library.Package);
            foreach (var further in NeededBy(library.File))
                queue.Enqueue(further);
        }

        return missing;
    }

    private async Task<IReadOnlyCollection<AptPackage>> NextPackagesAsync(IEnumerable<AptPackage> packages, CancellationToken cancellationToken)
    {
        var alternatives = packages.SelectMany(package => package.Depends).ToList();
        var names = alternatives.SelectMany(names => names).Where(name => !_asked.Contains(name)).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
            return [];
        var found = await apt.ShowAsync(names, cancellationToken);
        _asked.UnionWith(names);
        // Of several that would do, the first that exists, as apt itself chooses.
        return alternatives.Select(choices => choices.FirstOrDefault(name => found.ContainsKey(name)))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(name => found[name])
            .Where(package => package.IsLibrary)
            .ToList();
    }

    private void Take(AptPackage package, string folder)
    {
        // Not the copies for newer processors or for debugging, which lie in folders of their own below.
        foreach (var file in (string[])[
            .. Files(Path.Combine(folder, "lib", LibraryPath)),
            .. Files(Path.Combine(folder, "usr", "lib", LibraryPath)),
            .. Files(Path.Combine(folder, "usr", "lib"))])
            _brought.TryAdd(Path.GetFileName(file), (file, package));
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.so*") : [];

    private static IReadOnlyList<string> NeededBy(string file)
    {
        using var stream = File.OpenRead(file);
        try
        {
            return ElfFile.ReadNeeded(stream) ?? [];
        }
        catch (InvalidDataException e)
        {
            throw new ProgramUnavailableException($"{Path.GetFileName(file)}, as fetched by apt, is damaged: {e.Message}.");
        }
    }
}
