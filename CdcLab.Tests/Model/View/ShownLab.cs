using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;
using Xunit;

namespace CdcLab.Tests.Model.View;

/// <summary>Labs to be shown, made without a server.</summary>
internal static class ShownLab
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static readonly LabModel Model = ModelOf(LabRuntimeKind.Embedded);

    public static readonly LabAbilities Abilities = new("embedded", "MySQL 9.7.4", "Kafka 3.5.2", CapsEnforced: true, []);

    public static LabModel ModelOf(LabRuntimeKind runtime, int brokers = 3) =>
        LabModel.From(new() { PortBase = 21000, Kafka = new() { Brokers = brokers, AdvertisedHost = "lab.example" } }, LabPorts.From(21000), runtime);

    /// <summary>A lab in which everything runs and answers.</summary>
    public static LabSnapshot Healthy(LabModel? model = null)
    {
        model ??= Model;
        return new()
        {
            Model = model,
            Abilities = Abilities,
            StartedAt = Start,
            States = [.. model.Resources.Select(r => Running(r.Name, r.Kind))],
        };
    }

    public static ResourceState Running(string name, ResourceKind kind = ResourceKind.Server) => new()
    {
        Name = name,
        Kind = kind,
        State = RunState.Running,
        Answers = true,
        Pid = 4711,
        StartedAt = Start,
        Version = "1.2.3",
        Memory = new(600L << 20, 100L << 20, 768L << 20, 700L << 20, 0, true),
    };

    /// <summary>The same lab with one state changed.</summary>
    public static LabSnapshot With(this LabSnapshot lab, string name, Func<ResourceState, ResourceState> change) =>
        lab with { States = [.. lab.States.Select(s => s.Name == name ? change(s) : s)] };

    public static LabSnapshot With(this LabSnapshot lab, params Verdict[] verdicts) =>
        lab with { Report = new() { At = Start.AddMinutes(1), Checks = verdicts } };

    public static Verdict Verdict(string id, string resource, Outcome outcome, string? actual = "STATEMENT") => new()
    {
        Id = id,
        Resource = resource,
        Outcome = outcome,
        Expected = "ROW",
        Actual = actual,
        Fix = outcome == Outcome.Ok ? null : "set binlog_format=ROW",
        Because = outcome == Outcome.Ok ? null : "Debezium reads rows.",
    };

    public static ResourceState Killed(ResourceState state) => state with { State = RunState.Stopped, Because = "killed", ExitCode = 137, Answers = null, Pid = null, EndedAt = Start.AddMinutes(2) };

    public static ResourceView Of(this IReadOnlyList<ResourceView> views, string name) => Assert.Single(views, v => v.Name == name);
}
