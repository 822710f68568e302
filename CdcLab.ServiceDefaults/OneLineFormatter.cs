using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CdcLab.ServiceDefaults;

/// <summary>One line per event: time (UTC), level where it is more than information, text, and an error's kind and message. The text of an exception with
/// its stack follows only for what ends the service.</summary>
internal sealed class OneLineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name.</summary>
    public const string FormatterName = "cdclab";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Warning => " warning: ",
            LogLevel.Error => " error: ",
            LogLevel.Critical => " critical: ",
            _ => " ",
        });
        textWriter.Write(OneLine(text));
        if (logEntry.Exception is { } error)
            textWriter.Write(logEntry.LogLevel == LogLevel.Critical ? $"{Environment.NewLine}{error}" : $" ({error.GetType().Name}: {OneLine(error.Message)})");
        textWriter.Write(Environment.NewLine);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
