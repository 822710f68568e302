using CdcLab.Model.Options;
using Xunit;

namespace CdcLab.Tests.Model.Readme;

/// <summary>The README tells what the code does.</summary>
[Trait("tier", "model")]
public sealed class ReadmeTests
{
    [Fact]
    public void Settings_table_is_the_catalogue()
    {
        string expected = string.Join('\n', LabSettings.All.Select(s => $"| `{s.Key}` | {(s.Default is { } value ? $"`{value}`" : "")} | {s.Meaning} |"));

        Assert.Contains(expected, File.ReadAllText(Path.Combine(Root(), "README.md")), StringComparison.Ordinal);
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "CdcLab.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The tests do not run inside a clone.");
    }
}
