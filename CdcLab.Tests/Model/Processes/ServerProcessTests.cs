using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Tests.Lab;
using CdcLab.Tests.Model.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Processes;

[Trait("tier", "model")]
public sealed class ServerProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Right after its start a process has not made its group yet: a signal to the group alone reached nobody, and the lab waited for its end for ever.
    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    public async Task Signal_right_after_the_start_reaches_the_process(int signal)
    {
        using ServerLog log = new(_folder.Below("sleep.log"));
        for (int i = 0; i < 20; i++)
        {
            using ServerProcess process = ServerProcess.Start(new LaunchSpec { Command = ["sleep", "600"], WorkingDirectory = _folder.Path }, log, (_, _) => { });

            process.Signal((Signal)signal);

            await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(process.Ended.IsCompleted), ended => ended, "the process to end");
            Assert.Equal(128 + signal, await process.Ended);
        }
    }
}
