using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class AptSourceReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void One_line_entry_is_read_with_its_options()
    {
        var source = Assert.Single(AptSourceReader.ParseLines(
            ["deb [ arch=amd64,arm64 signed-by=/usr/share/keyrings/a.gpg trusted=yes ] https://archive.example/debian/ bookworm main contrib # a comment"]));
        Assert.Equal("https://archive.example/debian/", source.Address);
        Assert.Equal(["bookworm"], source.Suites);
        Assert.Equal(["main", "contrib"], source.Components);
        Assert.Equal("/usr/share/keyrings/a.gpg", source.SignedBy);
        Assert.True(source.IsTrusted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# deb http://archive.example/debian bookworm main")]
    [InlineData("deb-src http://archive.example/debian bookworm main")]
    [InlineData("deb [arch=i386] http://archive.example/debian bookworm main")]
    [InlineData("deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main")]
    [InlineData("deb")]
    [InlineData("deb http://archive.example/debian")]
    [InlineData("nonsense")]
    public void Line_that_names_no_usable_archive_is_passed_over(string line) => Assert.Empty(AptSourceReader.ParseLines([line]));

    [Fact]
    public void Stanza_is_read_with_a_key_over_several_lines()
    {
        var source = Assert.Single(AptSourceReader.ParseStanzas(
        [
            "# a comment", "types: deb deb-src", "URIs: http://archive.example/debian", "Suites: trixie trixie-updates", "Components: main",
            "Signed-By:", " -----BEGIN PGP PUBLIC KEY BLOCK-----", " .", " abc=", "# within", " -----END PGP PUBLIC KEY BLOCK-----",
        ]));
        Assert.Equal(["trixie", "trixie-updates"], source.Suites);
        Assert.Equal("\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n -----END PGP PUBLIC KEY BLOCK-----", source.SignedBy);
        Assert.False(source.IsTrusted);
        Assert.Contains("Signed-By: \n -----BEGIN", AptWorkspace.SourceText(source, ["sid"], ["main"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Types: deb-src")]
    [InlineData("Enabled: no")]
    [InlineData("Architectures: i386")]
    public void Stanza_that_does_not_count_is_passed_over(string field)
    {
        string[] stanza = ["Types: deb", "URIs: http://archive.example/debian", "Suites: trixie", "Components: main"];
        Assert.Single(AptSourceReader.ParseStanzas(stanza));
        Assert.Empty(AptSourceReader.ParseStanzas([.. stanza, field]));
    }

    [Fact]
    public void Files_are_read_in_apts_order_and_entries_of_one_archive_become_one()
    {
        _folder.Write("sources.list", "deb http://archive.example/ubuntu noble main\ndeb http://archive.example/ubuntu/ noble-updates main universe\n");
        _folder.Write("parts/b.sources", "Types: deb\nURIs: http://b.example/x mirror+file:/etc/apt/mirrors/x.list\nSuites: noble\nComponents: main\n");
        _folder.Write("parts/a.list", "deb http://a.example/x noble main\n");
        _folder.Write("parts/c.list.disabled", "deb http://c.example/x noble main\n");
        _folder.Write("parts/no blanks.list", "deb http://c.example/x noble main\n");
        var sources = AptSourceReader.Read(_folder.Below("sources.list"), _folder.Below("parts"));
        Assert.Equal(
            ["http://archive.example/ubuntu", "http://a.example/x", "http://b.example/x", "mirror+file:/etc/apt/mirrors/x.list"], sources.Select(source => source.Address));
        Assert.Equal(["noble", "noble-updates"], sources[0].Suites);
        Assert.Equal(["main", "universe"], sources[0].Components);
    }

    [Fact]
    public void Machine_without_sources_has_none()
        => Assert.Empty(AptSourceReader.Read(_folder.Below("absent.list"), _folder.Below("absent")));

    public void Dispose() => _folder.Dispose();
}
