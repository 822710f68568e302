using CdcLab.AppHost.Lab;
using CdcLab.Tests.Model.Commands;

namespace CdcLab.Tests.Model.Lab;

/// <summary>A command line: settings, Aspire's switches, commands, and what is told of a mistake.</summary>
[Trait("tier", "model")]
[Collection(ProcessWideCollection.Name)]
public sealed class LabArgumentsTests
{
    [Fact]
    public void Each_part_goes_to_whom_it_is_meant_for()
    {
        LabArguments parsed = LabArguments.Parse(["--Lab:Kafka:Brokers=5", "--operation", "publish", "--lab:PortBase", "-1", "--DcpPublisher:ContainerRuntime=podman", "--ASPNETCORE_URLS=http://localhost:1", "--step=x", "--help"]);

        Assert.Equal(["--Lab:Kafka:Brokers=5", "--lab:PortBase=-1"], parsed.Settings);
        Assert.Equal(["--operation", "publish", "--DcpPublisher:ContainerRuntime=podman", "--ASPNETCORE_URLS=http://localhost:1", "--step=x"], parsed.Aspire);
        Assert.Equal(["--help"], parsed.Commands);
        Assert.Empty(parsed.Faults);
    }

    [Fact]
    public void Another_command_than_run_has_nothing_for_Aspire()
    {
        LabArguments parsed = LabArguments.Parse(["verify", "--report", "a.md", "--Lab:Name=x=y", "--DcpPublisher:X=1"]);
        Assert.Empty(parsed.Aspire);
        Assert.Equal(["verify", "--report", "a.md", "--DcpPublisher:X=1"], parsed.Commands);
        Assert.Equal("x=y", parsed.ToConfiguration()["Lab:Name"]);
    }

    [Theory]
    [InlineData("--Lab__Kafka__Brokers=3")]
    [InlineData("--Kafka__Brokers=3")]
    [InlineData("--Kafka:Brokers=3")]
    public void Setting_in_another_form_is_not_taken_for_Aspires(string argument) => Assert.Equal([argument], LabArguments.Parse([argument]).Commands);

    [Theory]
    [InlineData("--Lab:Name")]
    [InlineData("--Lab:Name", "--help")]
    public void Setting_without_a_value_is_a_fault(params string[] arguments) => Assert.Contains("--Lab:Name=VALUE", Assert.Single(LabArguments.Parse(arguments).Faults).Problem, StringComparison.Ordinal);

    [Fact]
    public void Command_line_wins_over_the_environment_and_the_last_of_two_wins()
    {
        Environment.SetEnvironmentVariable("Lab__Simulator__KeepOrders", "5000");
        Environment.SetEnvironmentVariable("Lab__Simulator__Seed", "7");
        try
        {
            LabOptions options = LabConfiguration.Read(LabArguments.Parse(["--Lab:Simulator:KeepOrders=6000", "--lab:simulator:keepOrders=7000"]).ToConfiguration(), out IReadOnlyList<string> faults);
            Assert.Empty(faults);
            Assert.Equal((7000, 7), (options.Simulator.KeepOrders, options.Simulator.Seed));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Lab__Simulator__KeepOrders", null);
            Environment.SetEnvironmentVariable("Lab__Simulator__Seed", null);
        }
    }

    [Theory]
    [InlineData("Unrecognized command or argument '--Kafka:Brokers=5'.", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("Unrecognized command or argument 'Lab__Kafka__Broker=5'.", "--Lab:Kafka:Brokers=VALUE")]
    [InlineData("Unrecognized command or argument 'verfy'.", "--help")]
    [InlineData("Cannot parse argument 'x' for option '--limit' as expected type 'System.Double'.", "'x' for option '--limit' as a number.")]
    [InlineData("Cannot parse argument 'x' for option '--seed' as expected type 'System.Nullable`1[System.Int32]'.", "'x' for option '--seed' as a whole number.")]
    public void Mistake_is_told_with_what_was_probably_meant(string error, string says) => Assert.Contains(says, LabArguments.Explain(error), StringComparison.Ordinal);
}
