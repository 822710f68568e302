using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class JavaTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment", 17)]
    [InlineData("java version \"1.8.0_392\"", 8)]
    [InlineData("openjdk version \"21-ea\" 2023-09-19", 21)]
    [InlineData("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"11.0.2\" 2019-01-15", 11)]
    [InlineData("openjdk version \"25\" 2025-09-16", 25)]
    [InlineData("no java here", null)]
    [InlineData("", null)]
    public void Version_is_read_from_what_java_says(string said, int? version) => Assert.Equal(version, JavaFinder.Major(said));

    [Theory]
    [InlineData(8, false)]
    [InlineData(11, true)]
    [InlineData(21, true)]
    [InlineData(25, false)]
    public void Java_11_to_21_will_do(int version, bool willDo) => Assert.Equal(willDo, JavaFinder.WillDo(version));

    [Fact]
    public async Task Java_home_comes_before_the_path()
    {
        Java("home", "17.0.1");
        Java("path", "21.0.1");
        var found = await FindAsync();
        Assert.Equal(_folder.Below("home", "bin", "java"), found.Path);
        Assert.Equal((17, "JAVA_HOME"), (found.Major, found.Origin));
    }

    [Theory]
    [InlineData("1.8.0_392")]
    [InlineData("25.0.1")]
    public async Task Java_home_that_is_too_old_or_too_new_is_passed_over_for_the_path(string version)
    {
        Java("home", version);
        Java("path", "11.0.1");
        var found = await FindAsync();
        Assert.Equal((11, "PATH"), (found.Major, found.Origin));
    }

    [Fact]
    public async Task No_java_and_no_apt_gives_one_line_that_says_what_to_set()
    {
        _folder.Write("home/bin/java", "no program at all", executable: true);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(FindAsync);
        Assert.Contains("no apt-get", fault.Message, StringComparison.Ordinal);
        Assert.Contains("JAVA_HOME", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Java(string where, string version) => _folder.Write($"{where}/bin/java", $"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n", executable: true);

    private Task<JavaProgram> FindAsync()
        => new JavaFinder(
            new ProgramCache(_folder.Below("cache")),
            name => name switch { "JAVA_HOME" => _folder.Below("home"), "PATH" => _folder.Below("path", "bin"), _ => null })
            .FindAsync(new Reports(), TestContext.Current.CancellationToken);
}
