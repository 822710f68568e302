using System.CommandLine;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;

namespace CdcLab.AppHost.Commands;

/// <summary><c>use aspire</c> and <c>use standalone</c>: which host the next <c>dotnet run</c> is.</summary>
internal static class UseCommand
{
    public static Command Make()
    {
        Command aspire = new("aspire", "A .NET Aspire application: the servers as containers, everything in the Aspire dashboard. Needs Aspire's packages and a container engine.");
        aspire.SetAction((_, cancellationToken) => AspireAsync(cancellationToken));
        Command standalone = new("standalone", "The solution's own host, which needs no package of Aspire.");
        standalone.SetAction(_ => Standalone());
        return new("use", "Choose which host the next 'dotnet run' is.") { aspire, standalone };
    }

    private static async Task<int> AspireAsync(CancellationToken cancellationToken)
    {
        HostChoice choice = new(BuildFacts.Solution);
        Terminal.Line($"Restoring Aspire {BuildFacts.AspireVersion} (dotnet restore -p:UseAspire=true) ...");
        if (await choice.WhyNotAspireAsync(cancellationToken) is { } reason)
        {
            Terminal.Error($"Aspire {BuildFacts.AspireVersion} cannot be used here: {reason}. Nothing was changed.");
            return ExitCodes.CouldNotRun;
        }

        choice.ChooseAspire();
        Terminal.Line($"The next 'dotnet run --project CdcLab.AppHost' is a .NET Aspire application ({HostChoice.FileName} was written); 'use standalone' takes it back.");
        Contradict("true");
        return ExitCodes.Ok;
    }

    private static int Standalone()
    {
        Terminal.Line(new HostChoice(BuildFacts.Solution).ChooseStandalone()
            ? $"The next 'dotnet run --project CdcLab.AppHost' is the standalone host ({HostChoice.FileName} was removed)."
            : "The standalone host is in use already.");
        Contradict("false");
        return ExitCodes.Ok;
    }

    private static void Contradict(string chosen)
    {
        if (Environment.GetEnvironmentVariable("UseAspire") is { Length: > 0 } set && !set.Equals(chosen, StringComparison.OrdinalIgnoreCase))
            Terminal.Line($"But the environment variable UseAspire={set} is set, and goes before this choice: unset it.");
    }
}
