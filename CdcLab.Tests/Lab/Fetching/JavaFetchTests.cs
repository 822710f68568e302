using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace CdcLab.Tests.Lab.Fetching;

[Trait("tier", "lab")]
public sealed class JavaFetchTests(FetchedParts parts)
{
    [Fact]
    public async Task Fetched_Java_starts_with_its_own_files_and_is_fetched_once()
    {
        var token = TestContext.Current.CancellationToken;
        var source = new JavaSource(parts.Cache, PathWithoutJava);
        var java = await source.FindAsync(parts.Reports, token);
        Assert.Equal(17, java.MajorVersion);
        Assert.StartsWith(parts.Cache.Root, java.Command[0], StringComparison.Ordinal);

        // This setting is read from a file that Debian keeps in /etc: the link to it must lead into the fetched tree.
        var said = await Cli.Wrap(java.Command[0])
            .WithArguments([.. java.Command.Skip(1), "-XshowSettings:security", "-version"])
            .ExecuteBufferedAsync(token);
        Assert.Contains("crypto.policy=unlimited", said.StandardError + said.StandardOutput, StringComparison.Ordinal);

        var reports = new Reports();
        Assert.Equal(java.Command, (await source.FindAsync(reports, token)).Command);
        Assert.Empty(reports.All);
    }

    private string? PathWithoutJava(string name)
        => name switch
        {
            "JAVA_HOME" => null,
            "PATH" => ToolsOnly(),
            _ => Environment.GetEnvironmentVariable(name),
        };

    // A folder with apt's tools and nothing else: the machine may have a Java beside them.
    private string ToolsOnly()
    {
        var folder = Path.Combine(Path.GetDirectoryName(parts.Cache.Root)!, "tools");
        Directory.CreateDirectory(folder);
        foreach (var tool in (string[])["apt-get", "apt-cache", "apt-config", "dpkg-deb"])
        {
            var link = Path.Combine(folder, tool);
            if (!Path.Exists(link))
                File.CreateSymbolicLink(link, ProgramPath.Find(tool, Environment.GetEnvironmentVariable)!);
        }

        return folder;
    }
}
