using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CdcLab.ServiceDefaults;

/// <summary>One line per event: time (UTC), level from warning on, text, and an exception's type and message. A critical event is followed by the whole exception.</summary>
internal sealed class OneLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "cdclab";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string level = logEntry.LogLevel >= LogLevel.Warning ? $"{logEntry.LogLevel.ToString().ToLowerInvariant()}: " : "";
        string error = logEntry.Exception is not { } e ? ""
            : logEntry.LogLevel == LogLevel.Critical ? $"{Environment.NewLine}{e}"
            : $" ({e.GetType().Name}: {OneLine(e.Message)})";
        textWriter.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.fff'Z'} {level}{OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception))}{error}");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
