using System.Diagnostics;
using System.Text;
using CdcLab.Runtime.Standalone.Data;
using Xunit;

namespace CdcLab.Tests.Lab.Host;

/// <summary>The AppHost as a user starts it: a process with arguments, an environment and an output.</summary>
public sealed class AppHostProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StartTurn _turn;

    private AppHostProcess(Process process, StartTurn turn)
    {
        (_process, _turn) = (process, turn);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _turn.Dispose();
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>All that it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="world">Its folders.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The process.</returns>
    public static AppHostProcess Start(LabWorld world, params string[] arguments) => StartBy(world, [], arguments);

    /// <summary>Starts it by another program, which becomes the AppHost by exec.</summary>
    /// <param name="world">Its folders.</param>
    /// <param name="wrapper">The program with its arguments; the AppHost's own follow.</param>
    /// <param name="arguments">The AppHost's arguments.</param>
    /// <returns>The process.</returns>
    public static AppHostProcess StartBy(LabWorld world, IReadOnlyList<string> wrapper, params string[] arguments)
    {
        // Under nohup, or in the background of a shell, the tests themselves are started with signals ignored, and .NET then leaves them ignored.
        string[] command = ["env", "--default-signal=HUP,INT,QUIT", .. wrapper, Path.Combine(AppContext.BaseDirectory, "CdcLab.AppHost"), .. arguments];
        ProcessStartInfo info = new(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = world.Folder,
        };
        foreach ((string name, string? value) in world.Variables)
            info.Environment[name] = value;
        StartTurn turn = StartTurn.Take();
        try
        {
            return new(Process.Start(info)!, turn);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code and output.</returns>
    public static async Task<(int Code, string Output)> RunAsync(LabWorld world, TimeSpan limit, params string[] arguments)
    {
        using AppHostProcess process = Start(world, arguments);
        return (await process.EndAsync(limit), process.Output);
    }

    /// <summary>Sends a signal to it alone.</summary>
    /// <param name="signal">Such as <c>INT</c>.</param>
    public void Signal(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, Pid.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Deadline.OnABusyMachine(limit));
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The AppHost did not end within {Deadline.OnABusyMachine(limit).TotalSeconds:0} s. Its output:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for a line of its output.</summary>
    public async Task SaysAsync(string text, TimeSpan limit)
    {
        await Deadline.WaitAsync(limit, () => Task.FromResult(Output), o => o.Contains(text, StringComparison.Ordinal) || _process.HasExited, $"the output '{text}'");
        Assert.True(Output.Contains(text, StringComparison.Ordinal), $"The AppHost ended before it said '{text}'. Its output:\n{Output}");
    }

    /// <summary>The processes that the run file of a data directory names.</summary>
    public static IReadOnlyList<RecordedProcess> Recorded(string dataDirectory) => RunRecord.Read(new DataDirectory(dataDirectory))?.Processes ?? [];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal("TERM");
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
                _process.Kill(entireProcessTree: true);
        }

        _turn.Dispose();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith("The lab is up", StringComparison.Ordinal))
            _turn.Dispose();
    }
}
