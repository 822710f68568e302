namespace CdcLab.AppHost.Commands;

/// <summary>The files that a command writes when it is done, by the option that names each; null for none.</summary>
internal sealed class OutputFiles<T>(params IReadOnlyList<(string Option, string? Path, Func<T, string> Render)> files)
{
    private (string Option, string Path, Func<T, string> Render)[] All => [.. files.Where(f => f.Path is not null).Select(f => (f.Option, f.Path!, f.Render))];

    /// <summary>Why a file cannot be written, looked up before a lab is started; null where all can. Leaves nothing behind.</summary>
    public string? Problem()
    {
        foreach ((string option, string path, _) in All)
        {
            if (path.Length == 0 || Directory.Exists(path))
                return $"{option} {path}: is not the name of a file; name a file in a folder that exists";
            if (All.Count(f => Path.GetFullPath(f.Path) == Path.GetFullPath(path)) > 1)
                return $"{option} {path}: another output goes there too; name a file for each";
            try
            {
                using FileStream probe = new(Temporary(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return $"{option} {path}: cannot be written ({refused.Message.TrimEnd('.').Replace(Temporary(path), path, StringComparison.Ordinal)}); name a file in a folder that exists and is yours";
            }
        }

        return null;
    }

    // All, or none of them where one cannot be written.
    public IReadOnlyList<string> Write(T report)
    {
        try
        {
            foreach ((_, string path, Func<T, string> render) in All)
                File.WriteAllText(Temporary(path), render(report));
            foreach ((_, string path, _) in All)
                File.Move(Temporary(path), path, overwrite: true);
            return [.. All.Select(f => Path.GetFullPath(f.Path))];
        }
        finally
        {
            foreach ((_, string path, _) in All.Where(f => File.Exists(Temporary(f.Path))))
                File.Delete(Temporary(path));
        }
    }

    private static string Temporary(string path) => $"{Path.GetFullPath(path)}.{Environment.ProcessId}.new";
}
