namespace CdcLab.AppHost.Lab;

/// <summary>Lines for the person who started the lab: one for each resource that is fetched or has come up, one for each verdict that turns.</summary>
internal static class LabTerminal
{
    private static readonly Lock Gate = new();

    public static void Line(string text) => Write(Console.Out, text);

    public static void Error(string text) => Write(Console.Error, text);

    private static void Write(TextWriter writer, string text)
    {
        lock (Gate)
            writer.WriteLine(text);
    }
}
