using CdcLab.AppHost.Settings;
using Xunit;

namespace CdcLab.Tests.Model.Hosts;

/// <summary>The choice of the host: the file that keeps it, and what a restore that failed is told as.</summary>
[Trait("tier", "model")]
public sealed class HostChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cdclab-choice-").FullName;

    private string FilePath => Path.Combine(_folder, HostChoice.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Aspire_is_chosen_by_a_file_and_taken_back_by_removing_it()
    {
        HostChoice choice = new(_folder);
        choice.ChooseAspire();
        choice.ChooseAspire();
        Assert.Contains("<UseAspire Condition=\"'$(UseAspire)' == ''\">true</UseAspire>", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.True(choice.ChooseStandalone());
        Assert.False(File.Exists(FilePath));
        Assert.False(choice.ChooseStandalone());
    }

    [Fact]
    public void A_file_of_somebody_else_is_neither_overwritten_nor_removed()
    {
        File.WriteAllText(FilePath, "<Project />");
        HostChoice choice = new(_folder);
        Assert.Contains(FilePath, Assert.Throws<IOException>(choice.ChooseAspire).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => choice.ChooseStandalone());
        Assert.Equal("<Project />", File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData("/a/b.csproj : error NU1101: Unable to find package Aspire.Hosting.MySql. No packages exist with this id in source(s): here\n/a/c.csproj : error NU1102: Unable to find package Aspire.Hosting.Testing with version (>= 13.5.4)", "Aspire.Hosting.MySql, Aspire.Hosting.Testing")]
    [InlineData("/a/b.csproj : error : Unable to find package Aspire.AppHost.Sdk with version (= 13.5.4)\n/a/b.csproj : error MSB4236: The SDK 'Aspire.AppHost.Sdk/13.5.4' specified could not be found.", "Aspire.AppHost.Sdk")]
    public void A_failed_restore_names_the_packages(string output, string packages) => Assert.Equal($"the configured package sources do not have {packages}", HostChoice.Describe(output));

    [Fact]
    public void Any_other_failure_is_told_in_its_own_words() =>
        Assert.Equal("dotnet restore failed (error NU1301: Unable to load the service index)", HostChoice.Describe("  Determining projects\n error NU1301: Unable to load the service index.\n"));
}
