using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace CdcLab.AppHost.Settings;

/// <summary>The choice of the host, kept in a git-ignored file that the build reads.</summary>
/// <param name="solution">The solution's folder.</param>
internal sealed partial class HostChoice(string solution)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "Directory.Build.user.props";

    private const string Content = """
        <Project>
          <!-- Written by 'use aspire'; 'use standalone' removes it. -->
          <PropertyGroup>
            <UseAspire Condition="'$(UseAspire)' == ''">true</UseAspire>
          </PropertyGroup>
        </Project>

        """;

    private string File => Path.Combine(solution, FileName);

    /// <summary>Why Aspire's packages cannot be had here, by trying.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The packages that are missing, or the restore's own words; null when it succeeds.</returns>
    public async Task<string?> WhyNotAspireAsync(CancellationToken cancellationToken)
    {
        BufferedCommandResult result = await RestoreAsync("true", cancellationToken);
        if (result.ExitCode == 0)
            return null;

        // A restore that failed leaves notes of its failure in obj/: the build of the standalone host must not find them.
        await RestoreAsync("false", cancellationToken);
        return Describe(result.StandardOutput + "\n" + result.StandardError);
    }

    /// <summary>Writes the choice.</summary>
    public void ChooseAspire()
    {
        RefuseForeignFile();
        System.IO.File.WriteAllText(File, Content);
    }

    /// <summary>Takes the choice back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool ChooseStandalone()
    {
        if (!System.IO.File.Exists(File))
            return false;
        RefuseForeignFile();
        System.IO.File.Delete(File);
        return true;
    }

    /// <summary>What a failed restore says, in one line.</summary>
    /// <param name="output">Its output.</param>
    /// <returns>The reason.</returns>
    internal static string Describe(string output)
    {
        string[] missing = [.. MissingPackage().Matches(output).Select(m => m.Groups["name"].Value.TrimEnd('.')).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        if (missing.Length > 0)
            return $"the configured package sources do not have {string.Join(", ", missing)}";
        string? error = output.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase));
        return "dotnet restore failed" + (error is null ? "" : $" ({error.TrimEnd('.')})");
    }

    private Task<BufferedCommandResult> RestoreAsync(string useAspire, CancellationToken cancellationToken) => Cli.Wrap("dotnet")
        .WithArguments(["restore", Path.Combine(solution, "CdcLab.sln"), $"-p:UseAspire={useAspire}", "-nologo", "-tl:off"])
        .WithWorkingDirectory(solution)
        // What it says is read; and what a build around us has set must not steer this one.
        .WithEnvironmentVariables(variables =>
        {
            variables.Set("DOTNET_CLI_UI_LANGUAGE", "en");
            foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)))
                variables.Set(name, null);
        })
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(cancellationToken);

    // Somebody's own settings for the build are not ours to overwrite.
    private void RefuseForeignFile()
    {
        if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) != Content)
            throw new IOException($"{File} was not written by 'use aspire': set or remove UseAspire in it by hand.");
    }

    // NuGet's own words, from a restore and from the lookup of an SDK; and MSBuild's for an SDK.
    [GeneratedRegex(@"(?:Unable to find package |The SDK ')(?<name>[A-Za-z0-9_.-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MissingPackage();
}
