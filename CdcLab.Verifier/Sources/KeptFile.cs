using System.Text.Json;

namespace CdcLab.Verifier.Sources;

/// <summary>What the verifier knows over its restarts, as JSON in the lab's data directory. What cannot be kept is known for as long as the process runs.</summary>
/// <param name="dataDirectory">The lab's data directory; null where it has none.</param>
internal sealed class KeptFile<T>(string? dataDirectory, string name)
    where T : class
{
    private readonly string? _file = dataDirectory is null ? null : Path.Combine(dataDirectory, "verifier", name + ".json");

    /// <summary>What was written last; null for nothing, and where it is damaged.</summary>
    public T? Read()
    {
        try
        {
            return _file is not null && File.Exists(_file) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(_file), LabJson.Options) : null;
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(T value)
    {
        try
        {
            if (_file is null)
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            string temporary = _file + ".tmp";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(value, LabJson.Options));
            File.Move(temporary, _file, overwrite: true);
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
            // Then this process alone knows it.
        }
    }
}
