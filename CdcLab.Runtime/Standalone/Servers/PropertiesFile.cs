using System.Globalization;
using System.Text;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>Writes a Java properties file, which is Latin-1 with escapes (java.util.Properties, "load").</summary>
internal static class PropertiesFile
{
    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> properties) =>
        File.WriteAllText(path, string.Concat(properties.Select(p => $"{p.Key}={Escape(p.Value)}\n")), Encoding.Latin1);

    internal static string Escape(string value)
    {
        StringBuilder escaped = new(value.Length);
        foreach (char c in value)
        {
            if (c == '\\')
                escaped.Append(@"\\");
            else if (c is < ' ' or > '~')
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                escaped.Append(c == ' ' && escaped.Length == 0 ? @"\ " : c);
        }

        return escaped.ToString();
    }
}
