namespace CdcLab.Model.Options;

/// <summary>A setting as somebody types it in a shell.</summary>
public static class ShellArgument
{
    /// <summary>The argument, ready to be pasted.</summary>
    /// <param name="key">The setting's key, e.g. <c>Lab:DataDirectory</c>.</param>
    /// <param name="value">Its value.</param>
    /// <returns><c>--KEY=VALUE</c>, in quotes where a shell would read the value as anything but itself.</returns>
    public static string Of(string key, string value)
    {
        string argument = $"--{key}={value}";
        return argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
