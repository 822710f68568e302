using System.Globalization;

namespace CdcLab.Model.Options.Validation;

/// <summary>Collects faults; each gets its setting's value as the options hold it.</summary>
internal sealed class FaultList(LabOptions options)
{
    private readonly List<SettingFault> _faults = [];

    public IReadOnlyList<SettingFault> All => _faults;

    public void Add(string key, string problem, string wouldDo) => _faults.Add(new(key, ValueOf(key), problem, wouldDo));

    /// <summary>Whether a setting has a fault already. A rule on two settings says nothing more when one of them cannot be by itself.</summary>
    public bool Has(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (_faults.Any(f => f.Setting == key))
                return true;
        }

        return false;
    }

    public string? ValueOf(string key) => SettingOf(key).Read(options);

    /// <summary>Of two settings that do not go together the one that somebody set: it is the one they look for.</summary>
    public string Blame(string key, string other) =>
        ValueOf(key) == SettingOf(key).Default && ValueOf(other) != SettingOf(other).Default ? other : key;

    public void Whole(string key, long value, long least, long most)
    {
        if (value < least || value > most)
            Add(key, "is out of range", string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most} would do"));
    }

    public void Size(string key, long bytes, long least, long most)
    {
        if (bytes < least)
            Add(key, "is too small", $"at least {ByteSize.ToText(least)} would do");
        else if (bytes > most)
            Add(key, "is too large", $"at most {ByteSize.ToText(most)} would do");
    }

    /// <param name="key">The setting.</param>
    /// <param name="time">Its value.</param>
    /// <param name="least">The shortest that would do.</param>
    /// <param name="most">The longest that would do.</param>
    /// <param name="unit">What the server counts it in; a part of it would be cut off silently.</param>
    public void Time(string key, TimeSpan time, TimeSpan least, TimeSpan most, TimeSpan unit)
    {
        string range = $"from {DurationText.ToText(least)} to {DurationText.ToText(most)}";
        if (time < least || time > most)
            Add(key, "is out of range", $"a time {range} would do");
        else if (time.Ticks % unit.Ticks != 0)
            Add(key, unit == TimeSpan.FromSeconds(1) ? "is not a whole number of seconds" : "is not a whole number of milliseconds", $"a whole one {range} would do");
    }

    private static Setting SettingOf(string key) => LabSettings.All.First(s => s.Key == key);
}
