using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CdcLab.ServiceDefaults;

/// <summary>One line per event: time (UTC), level from warning on, text, and an exception's type and message. A critical event is followed by the
/// whole exception.</summary>
internal sealed class OneLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "cdclab";

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
