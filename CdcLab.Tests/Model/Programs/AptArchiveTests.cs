using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class AptArchiveTests
{
    private static readonly AptSource ThirdParty = Source("http://third.example/apt", "bookworm");
    private static readonly AptSource Debian = Source("http://archive.example/debian", "bookworm", "bookworm-updates");

    [Fact]
    public void Source_that_is_known_to_be_a_third_partys_is_never_asked()
        => Assert.Equal([Debian], AptArchive.Candidates([ThirdParty, Debian], [new(ThirdParty.Address, "bookworm", "Third", "Debian"), new(Debian.Address, "bookworm", "Debian", "Debian")]));

    [Fact]
    public void Source_that_is_known_to_be_the_distributions_comes_first()
        => Assert.Equal([Debian, ThirdParty], AptArchive.Candidates([ThirdParty, Debian], [new(Debian.Address, "bookworm", "Debian", "Debian")]));

    [Fact]
    public void Sources_of_which_nothing_is_known_are_asked_in_their_order()
        => Assert.Equal([ThirdParty, Debian], AptArchive.Candidates([ThirdParty, Debian], []));

    [Fact]
    public void Archives_of_security_updates_flat_ones_and_those_without_main_are_never_asked()
        => Assert.Empty(AptArchive.Candidates(
            [Source("http://a.example", "bookworm-security"), Source("http://b.example", "bullseye/updates"), Source("http://c.example", "./"), Debian with { Components = ["stable"] }], []));

    [Theory]
    [InlineData("ID=ubuntu", true)]
    [InlineData("ID_LIKE=\"ubuntu debian\"", true)]
    [InlineData("ID=debian", false)]
    [InlineData("NAME=ubuntu", false)]
    public void Ubuntu_and_what_is_made_from_it_is_told_by_os_release(string line, bool isUbuntu)
        => Assert.Equal(isUbuntu, AptArchive.IsUbuntuRelease(["PRETTY_NAME=\"x\"", line]));

    [Fact]
    public void Ubuntus_own_suites_are_the_release_and_its_updates()
        => Assert.Equal(
            ["noble", "noble-updates", "noble-security"],
            Distribution.UbuntuSuites(Source("http://u.example", "noble", "noble-updates", "noble-backports", "noble-proposed", "noble-security")));

    [Fact]
    public void Error_of_apt_is_its_last_failed_fetch_and_not_the_summary_after_it()
        => Assert.Equal(
            "Failed to fetch http://b  404 Not Found",
            AptWorkspace.ErrorOf(new ToolResult(100, [], ["W: x", "E: Failed to fetch http://a  404", "E: Failed to fetch http://b  404 Not Found", "E: Some index files failed to download."])));

    [Theory]
    [InlineData("E: Unable to locate package x", "Unable to locate package x")]
    [InlineData("something else", "something else")]
    [InlineData("", "exit code 100")]
    public void Error_of_apt_is_whatever_it_said_last(string line, string error)
        => Assert.Equal(error, AptWorkspace.ErrorOf(new ToolResult(100, [], [line])));

    [Fact]
    public void Packages_are_read_from_what_apt_cache_shows()
    {
        var packages = AptPackage.ParseShow(
            """
            Package: mysql-server-core
            Version: 1:9.7.4-2
            Section: universe/database
            Pre-Depends: libc6 (>= 2.38)
            Depends: libicu78 (>= 78.1-1~), perl:any, default-x | virtual-x
            Size: 26124236
            Description: one
             more: than one line
             .

            Package: libicu78
            Version: 78.3-2
            Section: universe/libs

            not a package
            """.Split('\n')).ToList();
        Assert.Equal(["mysql-server-core", "libicu78"], packages.Select(package => package.Name));
        Assert.Equal("9.7.4-2", packages[0].VersionWithoutEpoch);
        Assert.Equal(26124236, packages[0].Size);
        Assert.Equal([["libc6"], ["libicu78"], ["perl"], ["default-x", "virtual-x"]], packages[0].Depends);
        Assert.Equal([false, true], packages.Select(package => package.IsLibrary));
    }

    private static AptSource Source(string address, params string[] suites) => new(address, suites, ["main"], null, false);
}
