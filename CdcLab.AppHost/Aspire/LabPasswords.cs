namespace CdcLab.AppHost.Aspire;

/// <summary>The passwords and the token of one lab.</summary>
/// <param name="Root">MySQL's root, which no service gets.</param>
/// <param name="Debezium">MySQL's <c>debezium</c>.</param>
/// <param name="Simulator">MySQL's <c>simulator</c>.</param>
/// <param name="KafkaUi">Kafka UI's login.</param>
/// <param name="Token">The bearer token of the control endpoint and of the services.</param>
internal sealed record LabPasswords(string Root, string Debezium, string Simulator, string KafkaUi, string Token);
