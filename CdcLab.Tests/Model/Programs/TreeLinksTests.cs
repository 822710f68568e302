using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class TreeLinksTests
{
    [Fact]
    public void Links_stay_within_the_tree()
    {
        using var folder = new TestFolder();
        folder.Write("etc/java/conf", "inside");
        folder.Write("usr/lib/java/real");
        File.CreateSymbolicLink(folder.Below("usr/lib/java/conf"), "/etc/java/conf");
        File.CreateSymbolicLink(folder.Below("usr/lib/java/relative"), "real");
        File.CreateSymbolicLink(folder.Below("usr/lib/java/of-the-machine"), "/etc/passwd");
        TreeLinks.Rebase(folder.Path);
        Assert.Equal("../../../etc/java/conf", new FileInfo(folder.Below("usr/lib/java/conf")).LinkTarget);
        Assert.Equal("inside", File.ReadAllText(folder.Below("usr/lib/java/conf")));
        Assert.Equal("real", new FileInfo(folder.Below("usr/lib/java/relative")).LinkTarget);
        Assert.False(Path.Exists(folder.Below("usr/lib/java/of-the-machine")));
    }
}
