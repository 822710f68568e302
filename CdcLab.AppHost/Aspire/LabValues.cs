using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Aspire;

/// <summary>What the lab's resources are made from.</summary>
/// <param name="Model">The picture.</param>
/// <param name="Abilities">What this lab is and can show.</param>
/// <param name="DataDirectory">Its data directory.</param>
/// <param name="Secrets">Its passwords and token; asked for only when something is started, so that a manifest needs none.</param>
internal sealed record LabValues(LabModel Model, LabAbilities Abilities, string DataDirectory, Func<LabPasswords> Secrets);
