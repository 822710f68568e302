using System.Collections;
using CdcLab.Model.Options;
using Microsoft.Extensions.Configuration;

namespace CdcLab.AppHost.Settings;

/// <summary>Gathers the settings of all sources; a later one wins: appsettings.json beside the program, appsettings.json of the current folder, environment, command line.</summary>
internal static class SettingsSources
{
    private const string Section = "Lab";

    public static (LabOptions Options, IReadOnlyList<SettingFault> Faults) Read(CommandLineSettings commandLine)
    {
        Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);
        List<SettingFault> faults = [.. commandLine.Faults];
        foreach (string file in Files())
            faults.AddRange(AddFile(values, file));
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Section + "__", StringComparison.OrdinalIgnoreCase))
                values[name.Replace("__", ":", StringComparison.Ordinal)] = (string?)variable.Value;
        }

        foreach ((string key, string? text) in commandLine.Values)
            values[key] = text;
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsReader.Read(values);
        return (options, [.. faults, .. unreadable]);
    }

    private static IEnumerable<string> Files()
    {
        string own = Path.Combine(AppContext.BaseDirectory, "appsettings.json");
        string current = Path.GetFullPath("appsettings.json");
        return new[] { own, current }.Distinct(StringComparer.Ordinal).Where(File.Exists);
    }

    private static List<SettingFault> AddFile(Dictionary<string, string?> values, string file)
    {
        try
        {
            IConfigurationRoot json = new ConfigurationBuilder().AddJsonFile(file, optional: false).Build();
            foreach ((string key, string? text) in json.AsEnumerable())
            {
                if (text is not null && key.StartsWith(Section + ":", StringComparison.OrdinalIgnoreCase))
                    values[key] = text;
                else if (text is { Length: > 0 } && key.Equals(Section, StringComparison.OrdinalIgnoreCase))
                    return [new(Section, text, $"is a section of {file}, not a setting", "write {\"Lab\": {\"Kafka\": {\"Brokers\": 3}}}")];
            }

            return [];
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException or UnauthorizedAccessException or IOException)
        {
            string why = broken.GetBaseException().Message.TrimEnd('.');
            return [new(file, null, $"cannot be read as JSON ({why})", "mend or delete it")];
        }
    }
}
