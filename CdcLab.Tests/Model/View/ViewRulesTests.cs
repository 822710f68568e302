using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.View;
using Xunit;

namespace CdcLab.Tests.Model.View;

/// <summary>What would freeze the dashboard's page is found before it is sent.</summary>
[Trait("tier", "model")]
public sealed class ViewRulesTests
{
    private static readonly ResourceView Good = LabView.Of(ShownLab.Healthy()).Of("kafka-1");

    public static TheoryData<string, string> Broken { get; } = new()
    {
        { "name", "it has no name" },
        { "type", "it has no type" },
        { "icon", "it has no icon" },
        { "state", "state 'Sleeping' is not one" },
        { "style", "state style 'pink' is not one" },
        { "running style", "a style hides the health" },
        { "parent", "its parent is not among its relationships" },
        { "created", "the time of its creation is out of range" },
        { "started", "the time of its start is out of range" },
        { "stopped", "the time of its end is out of range" },
        { "health time", "the time of its health report is out of range" },
        { "property twice", "property a.b is there 2 times" },
        { "property without a name", "it has no name of a property" },
        { "property without a label", "property a.b has no display name" },
        { "property without a value", "property a.b has no value, or two" },
        { "property with two values", "property a.b has no value, or two" },
        { "parent as a property", "the parent is told by Parent" },
        { "terminal", "would open a terminal" },
        { "exit code", "property resource.exitCode is no whole number" },
        { "process id", "property executable.pid is no whole number" },
        { "variable twice", "variable A is there 2 times" },
        { "URL twice", "URL page is there 2 times" },
        { "relative URL", "a URL is not absolute" },
        { "health twice", "health report answers is there 2 times" },
        { "health status", "a health report has an unknown status" },
        { "command twice", "command stop is there 2 times" },
        { "command state", "a command has no name or an unknown state" },
        { "relationship", "a relationship is of an unknown type" },
        { "control character", "is too long, or holds control characters" },
        { "half a pair", "is too long, or holds control characters" },
        { "long text", "is too long, or holds control characters" },
    };

    [Fact]
    public void A_good_one_has_no_fault_and_is_sent()
    {
        Assert.Empty(ViewRules.Faults(Good));
        Assert.Equal("kafka-1", ResourceMapping.ToWire(Good).Name);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Each_fault_is_found_and_never_sent(string what, string words)
    {
        ResourceView broken = Break(what);
        Assert.Contains(ViewRules.Faults(broken), f => f.Contains(words, StringComparison.Ordinal));
        MalformedResourceException refused = Assert.Throws<MalformedResourceException>(() => ResourceMapping.ToWire(broken));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private static ResourceView Break(string what)
    {
        CommandView stop = Good.Commands.Single(c => c.Name == "stop");
        return what switch
        {
            "name" => Good with { Name = "" },
            "type" => Good with { Type = " " },
            "icon" => Good with { Icon = "" },
            "state" => Good with { State = "Sleeping" },
            "style" => Good with { State = ViewStates.Paused, StateStyle = "pink" },
            "running style" => Good with { StateStyle = "success" },
            "parent" => Good with { Parent = "nobody" },
            "created" => Good with { CreatedAt = DateTimeOffset.MinValue },
            "started" => Good with { StartedAt = DateTimeOffset.MaxValue },
            "stopped" => Good with { StoppedAt = DateTimeOffset.MinValue },
            "health time" => With(new HealthReportView("x", HealthView.Healthy, "x", DateTimeOffset.MinValue)),
            "property twice" => With(new("a.b", "A", "1"), new PropertyView("A.B", "A", "2")),
            "property without a name" => With(new PropertyView("", "A", "1")),
            "property without a label" => With(new PropertyView("a.b", "", "1")),
            "property without a value" => With(new PropertyView("a.b", "A", null)),
            "property with two values" => With(new PropertyView("a.b", "A", "1", ["2"])),
            "parent as a property" => With(new PropertyView(KnownProperties.Parent, "A", "kafka")),
            "terminal" => With(new PropertyView("terminal.port", "A", "1")),
            "exit code" => With(new PropertyView(KnownProperties.ExitCode, "A", "none")),
            "process id" => Good with { Properties = [new PropertyView(KnownProperties.ProcessId, "A", "4711x")] },
            "variable twice" => Good with { Environment = [new("A", "1"), new("A", "2")] },
            "URL twice" => Good with { Urls = [new("page", new("http://a/"), "a"), new("page", new("http://b/"), "b")] },
            "relative URL" => Good with { Urls = [new("page", new("a/b", UriKind.Relative), "a")] },
            "health twice" => Good with { Health = [.. Good.Health, .. Good.Health] },
            "health status" => With(new HealthReportView("x", (HealthView)7, "x", null)),
            "command twice" => Good with { Commands = [stop, stop] },
            "command state" => Good with { Commands = [stop with { Availability = (CommandAvailability)7 }] },
            "relationship" => Good with { Relationships = [.. Good.Relationships, new("mysql", "Enemy")] },
            "control character" => With(new PropertyView("a.b", "A", "\u0007")),
            "half a pair" => Good with { Environment = [new("A", "\ud800")] },
            "long text" => With(new HealthReportView("x", HealthView.Healthy, new string('x', 10_000), null)),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Nothing of that name."),
        };
    }

    private static ResourceView With(params PropertyView[] properties) => Good with { Properties = [.. Good.Properties, .. properties] };

    private static ResourceView With(HealthReportView health) => Good with { Health = [health] };
}
