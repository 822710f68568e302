using System.Net;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>What an engine holds of the lab of one data directory: found by the label that says so, and nothing else is ever removed.</summary>
/// <param name="engine">The engine.</param>
/// <param name="dataDirectory">The data directory's path.</param>
internal sealed class LabParts(ContainerEngine engine, string dataDirectory)
{
    private DockerClient Client => engine.Client;

    /// <summary>Names of the containers, running or not.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync(CancellationToken cancellationToken) => [.. (await FindContainersAsync(cancellationToken)).Select(NameOf)];

    /// <summary>Names of the volumes.</summary>
    public async Task<IReadOnlyList<string>> VolumesAsync(CancellationToken cancellationToken)
    {
        VolumesListResponse found = await Client.Volumes.ListAsync(new VolumesListParameters { Filters = Ours() }, cancellationToken);
        return [.. (found.Volumes ?? []).Select(v => v.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes the containers, with their unnamed volumes, and the network.</summary>
    /// <returns>The names of the containers.</returns>
    public async Task<IReadOnlyList<string>> RemoveContainersAsync(CancellationToken cancellationToken)
    {
        IList<ContainerListResponse> containers = await FindContainersAsync(cancellationToken);
        await Task.WhenAll(containers.Select(c => engine.RemoveAsync(c.ID, cancellationToken)));
        foreach (NetworkResponse network in await Client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = Ours() }, cancellationToken))
            await UnlessGoneAsync(() => Client.Networks.DeleteNetworkAsync(network.ID, cancellationToken));
        return [.. containers.Select(NameOf)];
    }

    /// <summary>Removes the volumes, and the data with them: all, or none where somebody's container uses one.</summary>
    /// <exception cref="UnavailableException">One is used.</exception>
    public async Task RemoveVolumesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> volumes = await VolumesAsync(cancellationToken);
        foreach (string volume in volumes)
        {
            Dictionary<string, IDictionary<string, bool>> users = new(StringComparer.Ordinal) { ["volume"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [volume] = true } };
            if ((await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = users }, cancellationToken)).FirstOrDefault() is { } user)
                throw new UnavailableException($"The volume {volume} is used by the container {NameOf(user)}: remove that first ('docker rm -f {NameOf(user)}'). Nothing was deleted.");
        }

        foreach (string volume in volumes)
            await UnlessGoneAsync(() => Client.Volumes.RemoveAsync(volume, force: false, cancellationToken));
    }

    /// <summary>Makes the lab's network, unless it is there.</summary>
    /// <exception cref="UnavailableException">Another's has its name.</exception>
    public async Task EnsureNetworkAsync(LabIdentity lab, CancellationToken cancellationToken)
    {
        IList<NetworkResponse> all = await Client.Networks.ListNetworksAsync(new NetworksListParameters(), cancellationToken);
        if (all.FirstOrDefault(n => n.Name == lab.Network) is not { } there)
            await Client.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = lab.Network, Driver = "bridge", Labels = lab.Labels() }, cancellationToken);
        else if (Owner(there.Labels) != dataDirectory)
            throw NotOurs("network", lab.Network, Owner(there.Labels), "docker network rm");
    }

    /// <summary>Sees to it that nobody else has a name of the lab's containers, and removes what a killed host of this data directory left.</summary>
    /// <param name="names">The names.</param>
    /// <param name="events">Who wants to know.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="UnavailableException">A name is taken.</exception>
    public async Task FreeNamesAsync(IReadOnlyCollection<string> names, ILabEvents events, CancellationToken cancellationToken)
    {
        await ThrowIfTakenAsync(names, cancellationToken);
        if (await RemoveContainersAsync(cancellationToken) is { Count: > 0 } left)
            events.Say($"Cleaned up after a host that was killed: {string.Join(", ", left)}.");
    }

    /// <summary>Refuses to go on when something else has the name of one of the lab's containers.</summary>
    /// <exception cref="UnavailableException">It has.</exception>
    private async Task ThrowIfTakenAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        IList<ContainerListResponse> all = await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, cancellationToken);
        if (all.FirstOrDefault(c => names.Contains(NameOf(c), StringComparer.Ordinal) && Owner(c.Labels) != dataDirectory) is { } other)
            throw NotOurs("container", NameOf(other), Owner(other.Labels), "docker rm -f");
    }

    /// <summary>Makes a named volume, unless it is there.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="name">The volume's name.</param>
    /// <param name="resource">Whose data it holds.</param>
    /// <param name="fingerprint">Of the password that its data will know; null for none.</param>
    /// <param name="isFinished">Whether its data was ever brought to an end: what a start that was cut off has half made is made anew.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="UnavailableException">It belongs to another lab, or knows another password.</exception>
    public async Task EnsureVolumeAsync(LabIdentity lab, string name, string resource, string? fingerprint, bool isFinished, CancellationToken cancellationToken)
    {
        const string Fingerprint = "cdclab.root-password";
        VolumesListResponse all = await Client.Volumes.ListAsync(cancellationToken);
        Dictionary<string, string> labels = lab.Labels(resource);
        if (fingerprint is not null)
            labels[Fingerprint] = fingerprint;
        if ((all.Volumes ?? []).FirstOrDefault(v => v.Name == name) is not { } there)
        {
            await Client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = labels }, cancellationToken);
            return;
        }

        // One without a label was made by hand, or under Aspire, and has the name that both hosts use: it is used, and never deleted.
        if (Owner(there.Labels) is { } owner && owner != dataDirectory)
            throw NotOurs("volume", name, owner, "docker volume rm");
        if (fingerprint is null || there.Labels?.TryGetValue(Fingerprint, out string? made) != true)
            return;
        if (made != fingerprint)
            throw new UnavailableException($"The volume {name} was made with another root password than that in {dataDirectory}/secrets.json, and nobody can log in: put that file back as it was, or, if the data is not needed, make new with 'reset'.");
        if (isFinished)
            return;
        await UnlessGoneAsync(() => Client.Volumes.RemoveAsync(name, force: false, cancellationToken));
        await Client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = labels }, cancellationToken);
    }

    private static UnavailableException NotOurs(string what, string name, string? owner, string remedy) =>
        new($"A {what} named {name} is there and {(owner is null ? "is not this lab's" : $"belongs to the lab in {owner}")}: give this lab another name with Lab:Name, or, if nobody needs the other, remove it ('{remedy} {name}').");

    private static string? Owner(IDictionary<string, string>? labels) => labels?.TryGetValue(LabIdentity.DirectoryLabel, out string? directory) == true ? directory : null;

    private static string NameOf(ContainerListResponse container) => container.Names is [var name, ..] ? name.TrimStart('/') : container.ID[..12];

    private Task<IList<ContainerListResponse>> FindContainersAsync(CancellationToken cancellationToken) =>
        Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Ours() }, cancellationToken);

    private Dictionary<string, IDictionary<string, bool>> Ours() => new(StringComparer.Ordinal)
    {
        ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [$"{LabIdentity.DirectoryLabel}={dataDirectory}"] = true },
    };

    private static async Task UnlessGoneAsync(Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (DockerApiException gone) when (gone.StatusCode == HttpStatusCode.NotFound)
        {
            // Somebody else has removed it.
        }
    }
}
