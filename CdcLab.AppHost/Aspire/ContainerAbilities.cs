using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Aspire;

/// <summary>What a lab of containers is and can show.</summary>
internal static class ContainerAbilities
{
    public static LabAbilities Of(LabModel model) => new("container", $"MySQL ({model.MySql.Image})", $"Kafka ({model.Options.Kafka.Image})", CapsEnforced: true, []);
}
