namespace CdcLab.Model.Containers;

/// <summary>A secret that a container is given in its environment.</summary>
public enum ContainerSecret
{
    /// <summary>Password of MySQL's root.</summary>
    MySqlRoot,

    /// <summary>Password of Kafka UI's login.</summary>
    KafkaUi,
}
