using System.Text;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.View;

/// <summary>Texts that any dashboard can carry: what servers and people write may hold anything.</summary>
internal static class ViewText
{
    /// <summary>The longest text that is sent, in characters.</summary>
    public const int Limit = 4_096;

    private const string Ellipsis = " ...";
    private const int MostItems = 256;

    /// <summary>The same resource with texts that can be sent.</summary>
    public static ResourceView Clean(ResourceView view) => view with
    {
        Environment = [.. view.Environment.Where(v => v.Name.Length > 0).DistinctBy(v => v.Name, StringComparer.Ordinal).Take(MostItems).Select(v => new LaunchVariable(Clean(v.Name), Clean(v.Value), v.IsSecret))],
        Properties = [.. view.Properties.Select(p => p with { DisplayName = Clean(p.DisplayName), Text = p.Text is null ? null : Clean(p.Text), List = p.List is null ? null : [.. p.List.Take(MostItems).Select(Clean)] })],
        Health = [.. view.Health.Select(h => h with { Key = Clean(h.Key), Description = Clean(h.Description) })],
        Urls = [.. view.Urls.Select(u => u with { DisplayName = Clean(u.DisplayName) })],
        Volumes = [.. view.Volumes.Select(v => new VolumeView(Clean(v.Source), Clean(v.Target)))],
    };

    /// <summary>A text without control characters and half characters, cut where it is too long.</summary>
    public static string Clean(string text)
    {
        string cut = text.Length > Limit + Ellipsis.Length ? text[..Limit] + Ellipsis : text;
        if (!cut.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            return cut;
        StringBuilder clean = new(cut.Length);
        foreach (Rune rune in cut.EnumerateRunes())
        {
            // EnumerateRunes gives the replacement character for half a pair.
            clean.Append(rune.Value is '\n' or '\t' or '\r' ? " " : Rune.IsControl(rune) ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return clean.ToString();
    }
}
