using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Memory;

[Trait("tier", "model")]
public sealed class CgroupV1CapsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_that_only_looks_like_a_mounted_controller_enforces_nothing_and_says_so()
    {
        Assert.Null(CgroupV1Caps.TryMakeBelow(_folder.Path, "test", out string whyNot));
        Assert.Contains("is no cgroup", whyNot, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Folder_that_may_not_be_written_says_why()
    {
        Assert.Null(CgroupV1Caps.TryMakeBelow("/proc/self", "test", out string whyNot));
        Assert.NotEmpty(whyNot);
    }
}
