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

    internal static List<SettingFault> AddFile(Dictionary<string, string?> values, string file)
    {
        try
        {
            IConfigurationRoot json = new ConfigurationBuilder().AddJsonFile(file, optional: false).Build();
            List<SettingFault> faults = [];
            foreach ((string key, string? text) in json.AsEnumerable())
            {
                // A section has no text either, and is there for what is in it, or for what may come.
                if (text is null && key.StartsWith(Section + ":", StringComparison.OrdinalIgnoreCase) && !IsSection(key) && !json.GetSection(key).GetChildren().Any())
                    faults.Add(NoValue(key, file));
                else if (text is not null && key.StartsWith(Section + ":", StringComparison.OrdinalIgnoreCase))
                    values[key] = text;
                else if (text is { Length: > 0 } && key.Equals(Section, StringComparison.OrdinalIgnoreCase))
                    return [new(Section, text, $"is a section of {file}, not a setting", "write {\"Lab\": {\"Kafka\": {\"Brokers\": 3}}}")];
            }

            return faults;
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException or UnauthorizedAccessException or IOException)
        {
            string why = broken.GetBaseException().Message.TrimEnd('.');
            return [new(file, null, $"cannot be read as JSON ({why})", "mend or delete it")];
        }
    }

    private static bool IsSection(string key) => LabSettings.All.Any(s => s.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));

    private static SettingFault NoValue(string key, string file)
    {
        Setting? known = LabSettings.All.FirstOrDefault(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase));
        return known is not null
            ? new(known.Key, null, $"has no value in {file}", $"give it one ({known.Form}), or leave it out for its default")
            : new(key, null, $"no such setting, and no value ({file})", $"the nearest is {SettingsReader.Nearest(key)}");
    }
}
