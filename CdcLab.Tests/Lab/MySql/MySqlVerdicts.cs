using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Verifier.Checks;
using Xunit;

namespace CdcLab.Tests.Lab.MySql;

/// <summary>What the verifier's checks of MySQL say of a server under test.</summary>
public sealed class MySqlVerdicts
{
    private readonly CheckRunner _runner;

    public MySqlVerdicts(MySqlServerUnderTest server)
    {
        LabOptions options = new();
        LabPorts ports = LabPorts.From(0) with { MySql = server.Port };
        LabAbilities abilities = new("embedded", "MySQL", "Kafka", CapsEnforced: false, []);
        ServiceHandover handover = new()
        {
            Options = options,
            Ports = ports,
            Abilities = abilities,
            Token = "token",
            DataDirectory = "/nowhere",
            DebeziumPassword = server.Passwords[DatabaseUser.Debezium.Name],
        };
        _runner = new(MySqlChecks.Of(LabModel.From(options, ports, LabRuntimeKind.Embedded), handover), abilities, options.Verifier.Interval, TimeProvider.System);
    }

    public IEnumerable<string> Ids => _runner.Ids;

    public async Task<IReadOnlyList<Verdict>> LookAsync()
    {
        await _runner.LookAsync(TestContext.Current.CancellationToken);
        return _runner.Latest();
    }

    /// <summary>Looks, and expects these checks, and no others, to have failed.</summary>
    public async Task<IReadOnlyList<Verdict>> FailedAsync(params string[] ids)
    {
        IReadOnlyList<Verdict> verdicts = await LookAsync();
        Assert.True(
            ids.Order().SequenceEqual(verdicts.Where(v => v.Outcome == Outcome.Failed).Select(v => v.Id).Order()) && verdicts.All(v => v.Outcome != Outcome.Unknown),
            $"expected to fail: {string.Join(", ", ids)}; found:\n{string.Join('\n', verdicts.Where(v => v.Outcome != Outcome.Ok))}");
        foreach (Verdict failed in verdicts.Where(v => v.Outcome == Outcome.Failed))
        {
            Assert.False(string.IsNullOrWhiteSpace(failed.Actual), failed.Id);
            Assert.False(string.IsNullOrWhiteSpace(failed.Fix), failed.Id);
            Assert.False(string.IsNullOrWhiteSpace(failed.Because), failed.Id);
            Assert.DoesNotContain('\n', failed.Actual + failed.Fix + failed.Because);
        }

        return [.. ids.Select(id => verdicts.First(v => v.Id == id))];
    }
}
