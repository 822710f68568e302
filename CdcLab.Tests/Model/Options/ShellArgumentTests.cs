using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Options;

[Trait("tier", "model")]
public sealed class ShellArgumentTests
{
    [Theory]
    [InlineData("/home/you/lab")]
    [InlineData("/home/you too/it's a lab")]
    [InlineData("/home/$HOME/`id`/\"x\"/*;&|")]
    public async Task Pasted_into_a_shell_the_argument_arrives_as_it_was_meant(string folder)
    {
        string argument = ShellArgument.Of("Lab:DataDirectory", folder);
        ToolResult said = await Tool.RunAsync(["sh"], ["-c", $"printf %s {argument}"], null, null, TestContext.Current.CancellationToken);
        Assert.Equal([$"--Lab:DataDirectory={folder}"], said.Output);
    }

    [Fact]
    public void Plain_path_needs_no_quotes() => Assert.Equal("--Lab:DataDirectory=/home/you/lab-2", ShellArgument.Of("Lab:DataDirectory", "/home/you/lab-2"));
}
