using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Model.Reports;

/// <summary>How the records of this folder are written as JSON, everywhere: camelCase names, camelCase enum values.</summary>
public static class LabJson
{
    /// <summary>The options to read and write with.</summary>
    public static JsonSerializerOptions Options { get; } = Make(indented: false);

    /// <summary>The same, for people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    private static JsonSerializerOptions Make(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
