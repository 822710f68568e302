using System.Runtime.InteropServices;
using CdcLab.Runtime.Standalone.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Fetching;

[Trait("tier", "model")]
public sealed class HostPlatformTests
{
    [Fact]
    public void Linux_on_x64_with_glibc_will_do() => Assert.Null(HostPlatform.Fault(true, Architecture.X64, true));

    [Theory]
    [InlineData(false, Architecture.X64, true, "Docker")]
    [InlineData(true, Architecture.Arm64, true, "Linux on Arm64")]
    [InlineData(true, Architecture.X64, false, "without glibc")]
    public void Anything_else_gets_one_line_that_says_what_it_is(bool isLinux, Architecture architecture, bool hasGlibc, string part)
    {
        var fault = HostPlatform.Fault(isLinux, architecture, hasGlibc);
        Assert.Contains(part, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault!);
    }
}
