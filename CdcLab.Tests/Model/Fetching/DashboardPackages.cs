using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace CdcLab.Tests.Model.Fetching;

/// <summary>Packages in the shape of the two that carry the dashboard; what is in them is a small script.</summary>
internal static class DashboardPackages
{
    public const string Version = "13.5.4";

    /// <summary>What <c>aspire setup</c> does: it unpacks into a folder whose name nobody knows before, and makes an absolute link to it.</summary>
    public const string Setup = """
        #!/bin/sh
        [ "$1" = setup ] && [ "$2" = --install-path ] && [ "$3" = "$ASPIRE_HOME" ] && [ "$4 $5" = "--non-interactive --nologo" ] || exit 9
        case "$HOME" in */.dashboard.fetching-*) ;; *) exit 8 ;; esac
        if read -r line; then exit 7; fi
        real="$3/versions/v$$"
        mkdir -p "$real/managed/wwwroot" "$real/dcp" || exit 6
        printf '#!/bin/sh\nexec sleep 60\n' > "$real/managed/aspire-managed"
        chmod +x "$real/managed/aspire-managed"
        echo page > "$real/managed/wwwroot/index.html"
        echo large > "$real/dcp/dcp"
        ln -s "$real" "$3/bundle"
        """;

    /// <summary>The npm package of Aspire's command-line program.</summary>
    public static byte[] Npm(string setup = Setup) => KafkaTgz.Of(
        KafkaTgz.File("package/package.json"),
        new PaxTarEntry(TarEntryType.RegularFile, "package/bin/aspire")
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(setup)),
            Mode = (UnixFileMode)0b111_101_101,
        });

    /// <summary>A registry that has one version of it.</summary>
    public static RawHttpServer Registry(byte[] package)
    {
        Uri? self = null;
        RawHttpServer server = new((request, stream, token) => request.Path == "/cli.tgz"
            ? RawHttpServer.SendFileAsync(request, stream, package, package.Length, token)
            : RawHttpServer.SendAsync(stream, 200, Encoding.UTF8.GetBytes("""{"versions": {"VERSION": {"dist": {"tarball": "SELFcli.tgz"}}}}""".Replace("VERSION", Version, StringComparison.Ordinal).Replace("SELF", self!.ToString(), StringComparison.Ordinal)), token));
        self = server.Address;
        return server;
    }

    /// <summary>Writes the NuGet package of the dashboard into a folder, which is a feed by that.</summary>
    public static void WriteNuGet(string folder)
    {
        Directory.CreateDirectory(folder);
        using ZipArchive package = ZipFile.Open(Path.Combine(folder, $"Aspire.Dashboard.Sdk.linux-x64.{Version}.nupkg"), ZipArchiveMode.Create);
        Write("Aspire.Dashboard.Sdk.linux-x64.nuspec", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>Aspire.Dashboard.Sdk.linux-x64</id>
                <version>{Version}</version>
                <authors>a test</authors>
                <description>Stands in for the dashboard.</description>
              </metadata>
            </package>
            """);
        Write("tools/Aspire.Dashboard", "#!/bin/sh\nexec sleep 60\n");
        Write("tools/wwwroot/index.html", "page");

        void Write(string name, string text)
        {
            using StreamWriter writer = new(package.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
