using System.Text.Json;
using System.Xml;

namespace CdcLab.AppHost.Commands;

/// <summary>The files that <c>verify</c> writes.</summary>
/// <param name="Markdown">The report for people; null for none.</param>
/// <param name="Json">The report for programs; null for none.</param>
/// <param name="JUnit">The verdicts as JUnit XML, for CI; null for none.</param>
internal sealed record VerifyFiles(string? Markdown, string? Json, string? JUnit)
{
    /// <summary>Why a file cannot be written, looked up before a lab is started; null where all can. Leaves nothing behind.</summary>
    public string? Problem()
    {
        (string Option, string Path)[] all = [.. new[] { ("--report", Markdown), ("--json", Json), ("--junit", JUnit) }.Where(f => f.Item2 is not null).Select(f => (f.Item1, f.Item2!))];
        foreach ((string option, string path) in all)
        {
            if (path.Length == 0 || Directory.Exists(path))
                return $"{option} {path}: is not the name of a file; name a file in a folder that exists";
            if (all.Count(f => Path.GetFullPath(f.Path) == Path.GetFullPath(path)) > 1)
                return $"{option} {path}: is named twice; name a file for each";
            try
            {
                string temporary = Temporary(path);
                using FileStream probe = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return $"{option} {path}: cannot be written ({refused.Message.TrimEnd('.')}); name a file in a folder that exists and is yours";
            }
        }

        return null;
    }

    /// <summary>Writes them: all, or none of them where one cannot be written.</summary>
    /// <returns>The paths that were written.</returns>
    /// <exception cref="IOException">One cannot be written.</exception>
    public IReadOnlyList<string> Write(LabReport report)
    {
        List<string> written = [];
        List<(string? Path, Func<LabReport, string> Render)> all = [(Markdown, VerifyMarkdown.Render), (Json, RenderJson), (JUnit, RenderJUnit)];
        try
        {
            foreach ((string? path, Func<LabReport, string> render) in all)
            {
                if (path is null)
                    continue;
                written.Add(Path.GetFullPath(path));
                File.WriteAllText(Temporary(path), render(report));
            }

            foreach (string path in written)
                File.Move(Temporary(path), path, overwrite: true);
            return written;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
        finally
        {
            foreach (string path in written)
                File.Delete(Temporary(path));
        }
    }

    /// <summary>The report as JSON.</summary>
    internal static string RenderJson(LabReport report) => JsonSerializer.Serialize(report, LabJson.Indented) + "\n";

    /// <summary>The verdicts as JUnit XML: failed is a failure, unknown an error, not possible here skipped.</summary>
    internal static string RenderJUnit(LabReport report)
    {
        StringBuilder text = new();
        using (XmlWriter xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "CdcLab " + Clean(report.Lab));
            xml.WriteAttributeString("timestamp", report.At.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture));
            foreach ((string name, int count) in new[] { ("tests", report.Checks.Count + report.NotPossibleHere.Count), ("failures", report.Count(Outcome.Failed)), ("errors", report.Count(Outcome.Unknown)), ("skipped", report.NotPossibleHere.Count) })
                xml.WriteAttributeString(name, XmlConvert.ToString(count));
            foreach (Verdict verdict in report.Checks)
                Write(xml, verdict.Resource, verdict.Id, verdict.Outcome switch { Outcome.Ok => null, Outcome.Failed => "failure", _ => "error" }, Message(report, verdict));
            foreach (NotPossible item in report.NotPossibleHere)
                Write(xml, "not possible here", item.Id, "skipped", item.Reason);
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void Write(XmlWriter xml, string resource, string id, string? outcome, string message)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(resource));
        xml.WriteAttributeString("name", Clean(id));
        if (outcome is not null)
        {
            xml.WriteStartElement(outcome);
            xml.WriteAttributeString("message", Clean(message));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Message(LabReport report, Verdict verdict) =>
        report.RootOf(verdict) is var root && root != verdict
            ? $"follows from {root.Id}"
            : $"expected {verdict.Expected}; found {verdict.Actual ?? "not known"}{(verdict.Because is null ? "" : $"; {verdict.Because}")}{(verdict.Fix is null ? "" : $"; fix: {verdict.Fix}")}";

    // XML cannot carry most control characters, nor half of a surrogate pair.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(r => r.Value < 32 || !(r.Value > char.MaxValue || XmlConvert.IsXmlChar((char)r.Value)) ? " " : r.ToString()));

    private static string Temporary(string path) => $"{Path.GetFullPath(path)}.{Environment.ProcessId}.new";
}
