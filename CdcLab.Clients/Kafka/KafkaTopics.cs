using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Clients.Kafka;

/// <summary>How topics are found and made in a lab: by the admin API, or another way where the cluster has none.</summary>
public static partial class KafkaTopics
{
    /// <summary>The way that works in this lab.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="abilities">What it can do.</param>
    /// <param name="admin">The process's admin client.</param>
    /// <returns>The way.</returns>
    public static IKafkaTopics Of(LabModel model, LabAbilities abilities, KafkaAdmin admin)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(abilities);
        IKafkaTopics? other = null;
        if (abilities.WhyNot(LabAbilities.KafkaAdminApi) is { } why)
            WithoutAdminApi(model, why, ref other);
        return other ?? admin;
    }

    // Implemented in Legacy/. Without that folder the compiler drops the call, and no lab lacks the admin API.
    static partial void WithoutAdminApi(LabModel model, string why, ref IKafkaTopics? topics);
}
