namespace CdcLab.AppHost.Output;

/// <summary>Asks before something is lost.</summary>
internal static class Confirmation
{
    /// <summary>Asks on the terminal.</summary>
    /// <param name="question">The question, without its answers.</param>
    /// <param name="command">The command that asks, for the error where nobody can be asked.</param>
    /// <param name="yes">Whether the answer was given already.</param>
    /// <returns>0 to go on, else the exit code to end with.</returns>
    public static int Ask(string question, string command, bool yes)
    {
        if (yes)
            return ExitCodes.Ok;
        if (Console.IsInputRedirected)
        {
            Terminal.Error($"{command} asks before it deletes, and there is no terminal to ask on: add --yes, or --dry-run to see only what would go. Nothing was deleted.");
            return ExitCodes.CouldNotRun;
        }

        Console.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES")
            return ExitCodes.Ok;
        Terminal.Line("Nothing was deleted.");
        return ExitCodes.NotOk;
    }
}
