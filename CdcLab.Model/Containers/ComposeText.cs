using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CdcLab.Model.Containers;

/// <summary>The lab's servers as a <c>compose.yaml</c>, for people who want them without the rest.</summary>
public static class ComposeText
{
    /// <summary>The first line of the file, by which a folder of ours is known.</summary>
    public const string Mark = "# Written by CdcLab (compose --output). A new run of that command writes it anew; passwords in .env are kept.";

    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The variable of <c>.env</c> that holds a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <returns>The variable's name.</returns>
    public static string Variable(ContainerSecret secret) => secret switch
    {
        ContainerSecret.MySqlRoot => "MYSQL_ROOT_PASSWORD",
        ContainerSecret.KafkaUi => "KAFKA_UI_PASSWORD",
        _ => throw new ArgumentOutOfRangeException(nameof(secret)),
    };

    /// <summary>Writes the file.</summary>
    /// <param name="model">The picture, made for containers.</param>
    /// <returns>YAML.</returns>
    public static string Of(LabModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        IReadOnlyList<ContainerSpec> specs = ContainerMapping.Of(model);
        StringBuilder yaml = new();
        yaml.Append(Mark).Append('\n');
        yaml.Append("# docker compose up --wait; docker compose down stops it and keeps the data (down --volumes deletes it).\n");
        yaml.Append(CultureInfo.InvariantCulture, $"name: {Quote(ContainerNames.Lab(model.Options.Name))}\n\nservices:\n");
        foreach (ContainerSpec spec in specs)
            Service(yaml, spec);
        yaml.Append("volumes:\n");
        foreach (ContainerVolume volume in specs.SelectMany(s => s.Volumes))
            yaml.Append(CultureInfo.InvariantCulture, $"  {volume.Name}:\n");
        return yaml.ToString();
    }

    private static void Service(StringBuilder yaml, ContainerSpec spec)
    {
        bool isMySql = spec.Resource is MySqlResource;
        yaml.Append(CultureInfo.InvariantCulture, $"  {spec.Resource.Name}:\n    image: {Quote(spec.Image)}\n");
        List(yaml, "command", spec.Arguments);
        yaml.Append("    environment:\n");
        foreach ((string name, string value) in spec.Environment)
            yaml.Append(CultureInfo.InvariantCulture, $"      {name}: {Quote(value)}\n");
        foreach ((string name, ContainerSecret secret) in spec.Secrets)
            yaml.Append(CultureInfo.InvariantCulture, $"      {name}: \"${{{Variable(secret)}:?is missing in .env}}\"\n");
        if (isMySql)
        {
            foreach ((string variable, string name) in MySqlInitText.Passwords)
                yaml.Append(CultureInfo.InvariantCulture, $"      {name}: \"${{{variable}:?is missing in .env}}\"\n");
        }

        List(yaml, "ports", spec.Ports.Select(p => $"{p.BindAddress}:{p.Outside}:{p.Inside}"));
        List(yaml, "volumes", [.. spec.Volumes.Select(v => $"{v.Name}:{v.Path}"), .. isMySql ? ["./mysql-init:/docker-entrypoint-initdb.d:ro"] : Array.Empty<string>()]);
        yaml.Append(CultureInfo.InvariantCulture, $"    mem_limit: {spec.MemoryBytes}\n    memswap_limit: {spec.MemoryBytes}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"    stop_grace_period: {spec.Resource.StopGrace.TotalSeconds:0}s\n");
        Health(yaml, spec);
        if (spec.Resource.WaitsFor.Count > 0)
        {
            yaml.Append("    depends_on:\n");
            foreach (string name in spec.Resource.WaitsFor)
                yaml.Append(CultureInfo.InvariantCulture, $"      {name}:\n        condition: service_healthy\n");
        }

        yaml.Append("    restart: \"no\"\n    logging:\n      driver: json-file\n      options:\n");
        yaml.Append(CultureInfo.InvariantCulture, $"        max-size: {Quote(ContainerSpec.LogMaxSize)}\n        max-file: {Quote(ContainerSpec.LogMaxFiles)}\n\n");
    }

    // Inside the container, with what the image has, and never by a Java process: it would take the server's memory.
    private static void Health(StringBuilder yaml, ContainerSpec spec)
    {
        int port = spec.Ports[0].Inside;
        string[] test = spec.Resource switch
        {
            // Over TCP: while the init scripts run, the server has a socket only.
            MySqlResource => ["CMD", "mysqladmin", "ping", "--host=127.0.0.1", "--silent"],
            ZooKeeperResource => ["CMD", "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{port} && printf srvr >&3 && timeout 2 grep -q Mode: <&3"],
            KafkaBroker => ["CMD", "bash", "-c", $": > /dev/tcp/127.0.0.1/{port}"],
            _ => ["CMD", "wget", "-q", "-O", "/dev/null", $"http://127.0.0.1:{port}/actuator/health"],
        };
        yaml.Append(CultureInfo.InvariantCulture, $"    healthcheck:\n      test: [{string.Join(", ", test.Select(Quote))}]\n");
        yaml.Append(CultureInfo.InvariantCulture, $"      interval: 3s\n      timeout: 5s\n      retries: 10\n      start_period: {spec.Resource.StartLimit.TotalSeconds:0}s\n");
    }

    private static void List(StringBuilder yaml, string name, IEnumerable<string> items)
    {
        string[] all = [.. items];
        if (all.Length == 0)
            return;
        yaml.Append(CultureInfo.InvariantCulture, $"    {name}:\n");
        foreach (string item in all)
            yaml.Append(CultureInfo.InvariantCulture, $"      - {Quote(item)}\n");
    }

    // A JSON string is a YAML scalar; Compose replaces $NAME, and takes $$ for a dollar.
    private static string Quote(string text) => JsonSerializer.Serialize(text, Quoting).Replace("$", "$$", StringComparison.Ordinal);
}
