using Spectre.Console;

namespace CdcLab.AppHost.Commands;

/// <summary>Text for the terminal, which fits its width; in a pipe it has a width of its own and no colors.</summary>
internal static class TextBlock
{
    private const int PipeWidth = 100;
    private const int LeastWidth = 60;

    public static int TerminalWidth => Console.IsOutputRedirected ? PipeWidth : Math.Max(LeastWidth, AnsiConsole.Profile.Width);

    public static bool TerminalHasColors => AnsiConsole.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };

    public static string Render(int width, bool ansi, Action<IAnsiConsole> write)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ansi ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width;
        write(console);
        return string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));
    }
}
