using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Engine;

/// <summary>What the servers run as is decided once per data directory.</summary>
[Trait("tier", "model")]
public sealed class RuntimeChoiceTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Data_of_the_embedded_runtime_is_run_by_it_again_whether_an_engine_answers_or_not()
    {
        DataDirectory directory = Made(LabRuntimeKind.Embedded);

        RuntimeChoice choice = await RuntimeChoice.MakeAsync(new LabOptions(), directory, TestContext.Current.CancellationToken);

        Assert.Equal(LabRuntimeKind.Embedded, choice.Runtime);
        Assert.Contains("'reset'", choice.Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LabRuntimeKind.Embedded, LabRuntimeKind.Container)]
    [InlineData(LabRuntimeKind.Container, LabRuntimeKind.Embedded)]
    public async Task An_explicit_runtime_that_did_not_make_the_data_is_refused(LabRuntimeKind made, LabRuntimeKind asked)
    {
        DataDirectory directory = Made(made);

        UnavailableException refused = await Assert.ThrowsAsync<UnavailableException>(
            () => RuntimeChoice.MakeAsync(new LabOptions { Runtime = asked }, directory, TestContext.Current.CancellationToken));

        Assert.Contains("cannot open it", refused.Message, StringComparison.Ordinal);
    }

    private DataDirectory Made(LabRuntimeKind runtime)
    {
        DataDirectory directory = new(_folder.Path);
        Stamp.Of(runtime).Write(directory);
        return directory;
    }
}
