using CdcLab.AppHost.Output;

namespace CdcLab.AppHost.Verifying;

/// <summary>Where <c>verify</c> writes what it found.</summary>
/// <param name="Markdown">The report's file; null for none.</param>
/// <param name="Json">The JSON's file, <c>-</c> for the standard output; null for none.</param>
internal sealed record ReportFiles(string? Markdown, string? Json)
{
    /// <summary>Looks before a lab is started whether the files can be written; says so where not.</summary>
    public bool CanBeWritten() => new[] { ("--report", Markdown), ("--json", Json == "-" ? null : Json) }.All(f => f.Item2 is null || CanBeWritten(f.Item1, f.Item2));

    private static bool CanBeWritten(string option, string file)
    {
        if (Directory.Exists(file))
        {
            Terminal.Error($"{option} {file}: is a folder; name a file in it.");
            return false;
        }

        try
        {
            bool existed = File.Exists(file);
            using (File.Open(file, FileMode.Append, FileAccess.Write))
            {
            }

            if (!existed)
                File.Delete(file);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Terminal.Error($"{option} {file}: cannot be written ({refused.Message.TrimEnd('.')}); name a file in a folder that exists and is yours.");
            return false;
        }
    }
}
