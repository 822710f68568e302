using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Dashboard;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Cleaning;

/// <summary>A lab of another user: root may do everything, and must not.</summary>
[Trait("tier", "model")]
public sealed class OwnerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Folder_of_ones_own_is_admitted() => await Owner.ThrowIfAnotherAsync(_folder.Path, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Lab_of_another_user_is_neither_started_nor_cleaned_up_after()
    {
        string run = _folder.Write("lab/run.json", "{}");
        DataDirectory lab = new(_folder.Below("lab"));
        Func<Task> tried = () => Leftovers.CleanBeforeStartAsync(lab, new SaidLines(), TestContext.Current.CancellationToken);
        if (Environment.IsPrivilegedProcess)
            Assert.Equal(0, (await Tool.RunAsync(["chown"], ["65534", lab.Path], null, null, TestContext.Current.CancellationToken)).ExitCode);
        else
            tried = () => Owner.ThrowIfAnotherAsync("/", TestContext.Current.CancellationToken, "A lab of your own needs another Lab:DataDirectory.");

        UnavailableException refused = await Assert.ThrowsAsync<UnavailableException>(tried);
        Assert.Contains("belongs to the user", refused.Message, StringComparison.Ordinal);
        Assert.Contains("another Lab:DataDirectory", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(run));
    }
}
