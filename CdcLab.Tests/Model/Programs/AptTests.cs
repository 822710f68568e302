using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class AptTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private AptTarget ThirdParty => new("http://third.example/apt/", "bookworm", "main", Entry, "$(ORIGIN)", "$(LABEL)");

    private AptTarget Debian => new("http://archive.example/debian/", "bookworm", "main", Entry, "$(ORIGIN)", "$(LABEL)");

    private string Entry => _folder.Write("sources.list", "# deb\n") + ":1";

    [Fact]
    public void Source_that_is_known_to_be_a_third_partys_is_never_asked()
        => Assert.Equal([Debian.Address], Candidates([ThirdParty, Debian], [ThirdParty with { Origin = "Third" }, Debian with { Origin = "Debian" }]));

    [Fact]
    public void Source_that_is_known_to_be_the_distributions_comes_first()
        => Assert.Equal([Debian.Address, ThirdParty.Address], Candidates([ThirdParty, Debian], [Debian with { Origin = "Debian" }]));

    [Fact]
    public void Sources_of_which_nothing_is_known_are_asked_in_their_order()
        => Assert.Equal([ThirdParty.Address, Debian.Address], Candidates([ThirdParty, Debian], []));

    [Fact]
    public void Archives_of_security_updates_CDs_flat_ones_and_those_without_main_are_never_asked()
        => Assert.Empty(Candidates(
            [
                Debian with { Address = "http://a.example/", Suite = "bookworm-security" }, Debian with { Address = "http://b.example/", Suite = "bullseye/updates" },
                Debian with { Address = "http://c.example/", Suite = "./" }, Debian with { Component = "stable" }, Debian with { Address = "cdrom://[Debian 12]/" },
            ],
            []));

    [Fact]
    public void Entries_of_one_archive_with_one_key_become_one()
    {
        var list = _folder.Write("two.list", "deb [signed-by=/a.gpg] http://u.example noble main\ndeb [signed-by=/a.gpg] http://u.example noble-updates universe\ndeb [signed-by=/b.gpg] http://u.example noble main\n");
        var sources = AptSource.Candidates(
            [
                Debian with { Suite = "noble", Entry = list + ":1" }, Debian with { Suite = "noble-updates", Component = "universe", Entry = list + ":2" },
                Debian with { Suite = "noble", Entry = list + ":3" },
            ],
            [],
            "Debian").ToList();
        Assert.Equal(2, sources.Count);
        Assert.Equal(["noble", "noble-updates"], sources[0].Suites);
        Assert.Equal(["main", "universe"], sources[0].Components);
        Assert.Equal("signed-by: /a.gpg\n", sources[0].KeyFields);
    }

    [Theory]
    [InlineData("deb [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg trusted=yes ] http://a.example x main", "signed-by: /usr/share/keyrings/a.gpg\ntrusted: yes\n")]
    [InlineData("deb http://a.example x main # signed-by=/b.gpg", "")]
    public void Key_of_a_line_is_among_its_options(string line, string key)
        => Assert.Equal(key, AptSource.KeyFieldsOf(_folder.Write("a.list", "# first\n" + line + "\n") + ":2"));

    [Fact]
    public void Key_of_a_stanza_may_be_whole_and_stanzas_are_counted_as_apt_counts_them()
    {
        var file = _folder.Write("a.sources", "# alone\n\nTypes: deb\nSigned-By: /first.gpg\nSuites: x\n\n \n# a comment\nsigned-by:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\nTrusted: yes\nURIs: x\n");
        Assert.Equal("Signed-By: /first.gpg\n", AptSource.KeyFieldsOf(file + ":1"));
        var key = AptSource.KeyFieldsOf(file + ":2");
        Assert.Equal("signed-by:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\nTrusted: yes\n", key);
        var text = Apt.SourceText(new AptSource("http://a.example/", ["x"], ["main"], key), ["sid"], ["main", "universe"]);
        Assert.Contains("Suites: sid\nComponents: main\n", text, StringComparison.Ordinal);
        Assert.EndsWith(key, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ID=ubuntu", true)]
    [InlineData("ID_LIKE=\"ubuntu debian\"", true)]
    [InlineData("ID=debian", false)]
    [InlineData("NAME=ubuntu", false)]
    public void Ubuntu_and_what_is_made_from_it_is_told_by_os_release(string line, bool isUbuntu)
        => Assert.Equal(isUbuntu, Apt.IsUbuntuRelease(["PRETTY_NAME=\"x\"", line]));

    [Fact]
    public void Ubuntus_own_suites_are_the_release_and_its_updates()
        => Assert.Equal(
            ["noble", "noble-updates", "noble-security"],
            Apt.UbuntuSuites(new AptSource("http://u.example/", ["noble", "noble-updates", "noble-backports", "noble-proposed", "noble-security"], ["main"], "")));

    [Fact]
    public void Error_of_apt_is_its_last_failed_fetch_and_not_the_summary_after_it()
        => Assert.Equal(
            "Failed to fetch http://b  404 Not Found",
            Apt.ErrorOf(new ToolResult(100, [], ["W: x", "E: Failed to fetch http://a  404", "E: Failed to fetch http://b  404 Not Found", "E: Some index files failed to download."])));

    [Theory]
    [InlineData("E: Unable to locate package x", "Unable to locate package x")]
    [InlineData("something else", "something else")]
    [InlineData("", "exit code 100")]
    public void Error_of_apt_is_whatever_it_said_last(string line, string error)
        => Assert.Equal(error, Apt.ErrorOf(new ToolResult(100, [], [line])));

    [Fact]
    public void Package_is_read_from_what_apt_prints_of_it()
    {
        var package = AptPackage.Parse("'http://a.example/pool/z/zlib1g_1.3%2b1-4_amd64.deb' zlib1g_1%3a1.3+1-4_amd64.deb 92424 SHA256:8506");
        Assert.Equal(new AptPackage("zlib1g", "1:1.3+1-4", "zlib1g_1%3a1.3+1-4_amd64.deb", 92424), package);
        Assert.Equal("1.3+1-4", package!.VersionWithoutEpoch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Reading package lists...")]
    [InlineData("'http://a.example/a.deb' a.deb 12 x")]
    [InlineData("'http://a.example/a_1_all.deb' a_1_all.deb many x")]
    public void Line_that_names_no_package_is_passed_over(string line) => Assert.Null(AptPackage.Parse(line));

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Candidates(IReadOnlyList<AptTarget> targets, IReadOnlyList<AptTarget> known) => AptSource.Candidates(targets, known, "Debian").Select(source => source.Address);
}
