using System.Globalization;

namespace CdcLab.AppHost.Output;

/// <summary>What a person reads. A terminal that was closed must not stop the lab from being cleaned up, so failing writes are dropped.</summary>
internal static class Terminal
{
    private static readonly Lock Writing = new();
    private static int _transient;

    private static TextWriter _out = Console.Out;

    /// <summary>Where all that is not asked for as data goes.</summary>
    public static TextWriter Out => _out;

    /// <summary>Leaves the standard output to data (JSON): everything else goes to the error output.</summary>
    public static void LeaveStandardOutputToData() => _out = Console.Error;

    /// <summary>Writes data to the standard output.</summary>
    public static void Data(string text) => Write(Console.Out, text, transient: false);

    /// <summary>Whether a person looks at it, rather than a file or a pipe.</summary>
    public static bool IsInteractive { get; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static void Line(string text = "") => Write(_out, text, transient: false);

    public static void Error(string text) => Write(Console.Error, "error: " + text, transient: false);

    /// <summary>A line that the next one takes the place of; nothing where nobody watches.</summary>
    public static void Transient(string text)
    {
        if (IsInteractive)
            Write(_out, text, transient: true);
    }

    /// <summary>Prefixes a line with the seconds since the start.</summary>
    public static string Elapsed(TimeSpan since) => string.Create(CultureInfo.InvariantCulture, $"{since.TotalSeconds,6:0.0} s  ");

    private static void Write(TextWriter writer, string text, bool transient)
    {
        lock (Writing)
        {
            try
            {
                if (_transient > 0)
                    _out.Write("\r" + new string(' ', _transient) + "\r");
                _transient = transient ? text.Length : 0;
                if (transient)
                    writer.Write(text);
                else
                    writer.WriteLine(text);
                writer.Flush();
            }
            catch (IOException)
            {
                // The terminal is gone; there is nobody to tell.
                _transient = 0;
            }
        }
    }
}
