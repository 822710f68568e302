using System.Text.RegularExpressions;
using CdcLab.Clients.Connect;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>What would break the connector at its next snapshot, login or restart, and not before.</summary>
internal sealed partial class ConnectSourceCheck(ConnectClient connect, MySqlAccess access, FiguresStore figures) : ICheck
{
    public const string Id = "connect.source";
    private const string Disabled = "disabled";
    private const string Configure = "`aspire resource orders-cdc configure`";
    private const string Snapshot = "`aspire resource orders-cdc snapshot`";

    private static readonly Promise Source = new(
        Id, ResourceNames.OrdersCdc, "a snapshot, a login and a restart of the connector would succeed now", "what breaks one of them is noticed weeks later, when it is needed")
    {
        How = $"statements that have run for {MySqlStatement.NoticedAfter.TotalSeconds:0} s, by the AppHost as root each 2 s; whether MySQL offers TLS; gtid_executed, for tags",
        Remedy = "end the statement; TLS on; a new history without tags",
        Source = "MySQL Reference Manual, FLUSH TABLES, \"Caching SHA-2 Pluggable Authentication\" and \"GTID Format\"",
        Follows = ["connect.answers", "mysql.answers"],
    };

    public IReadOnlyList<Promise> Promises => [Source];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string>? configuration;
        try
        {
            configuration = await connect.ConfigurationAsync(cancellationToken);
        }
        catch (ConnectException e)
        {
            throw ConnectorCheck.Silent(e);
        }

        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        string executed = await connection.QuerySingleAsync<string>(new CommandDefinition("SELECT @@GLOBAL.gtid_executed", cancellationToken: cancellationToken));
        // Until when the server's certificate is valid; empty where it offers no TLS.
        (_, string certificate) = await connection.QuerySingleAsync<(string, string)>(new CommandDefinition("SHOW GLOBAL STATUS LIKE 'Ssl_server_not_after'", cancellationToken: cancellationToken));
        return [Judge(configuration, executed, certificate.Length > 0, figures.Require())];
    }

    internal static Verdict Judge(IReadOnlyDictionary<string, string>? configuration, string executed, bool tls, LabFigures figures)
    {
        List<string> found = [], fixes = [];
        if (Tag().Match(executed) is { Success: true } tag)
        {
            found.Add($"gtid_executed has GTIDs with a tag ({tag.Groups["tag"].Value}), which the connector cannot read: it goes on until its next restart, and fails there");
            fixes.Add($"Have nobody set gtid_next to AUTOMATIC with a tag (privilege TRANSACTION_GTID_TAG). What is executed stays so; where no other replica reads this server: {Typed.AsRoot("RESET BINARY LOGS AND GTIDS")} Then {Snapshot}.");
        }

        if (!tls || configuration?.GetValueOrDefault("database.ssl.mode") == Disabled)
        {
            found.Add($"{(!tls ? "MySQL offers no TLS" : "the connector uses no TLS")}: its next login after FLUSH PRIVILEGES, or after a restart of MySQL, needs MySQL's public key, which it may not ask for");
            fixes.Add(!tls ? Typed.AsRoot("SET GLOBAL tls_version = DEFAULT", "ALTER INSTANCE RELOAD TLS") : Configure + ".");
        }

        if (figures.LongStatements is null && found.Count == 0)
            return MySqlTriggersCheck.Unseen(Source, figures);
        if (figures.LongStatements is { Count: > 0 } statements)
        {
            found.Add(KafkaFix.Named(statements.Select(s => $"session {s.Session} of {s.Account} has been busy for {s.Seconds} s ({s.Text.ReplaceLineEndings(" ")}): the lock of a snapshot would wait behind it, and every writer behind the lock")));
            fixes.Add($"Wait for its end, or end it. {Typed.AsRoot([.. statements.Select(s => $"KILL {s.Session}")])}");
        }

        return found.Count > 0 ? Source.Failed(string.Join("; ", found), string.Join(" ", fixes)) : Source.Ok("no statement runs for long, TLS is on, no GTID has a tag");
    }

    // uuid:tag:1-5, where uuid:1-5 is the usual one.
    [GeneratedRegex("[:,](?<tag>[a-z_][a-z0-9_]{0,31}):[0-9]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
