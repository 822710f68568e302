using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The CDC user can see where the binlog is and read events of it.</summary>
internal sealed class MySqlBinlogCheck(MySqlAccess access) : MySqlCheck(
    access,
    new Promise("mysql.binlog", ResourceNames.MySql, "a binlog position, and events that debezium can read", "the binlog is what CDC captures")
    {
        How = "SHOW BINARY LOG STATUS and SHOW BINLOG EVENTS, in a new session of debezium",
        Remedy = "GRANT debezium what it must have; a server that writes a binlog",
        Source = "Debezium's MySQL connector, \"Creating a user\"; MySQL Reference Manual, SHOW BINLOG EVENTS",
        Follows = ["mysql.log_bin", "mysql.grants.debezium"],
    })
{
    public const string Start = "Run `aspire resource mysql restart`: the lab starts it with --log-bin.";

    /// <summary>What lets <c>debezium</c> read the binlog again.</summary>
    public static readonly string Grant = Typed.AsRoot($"GRANT REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO {DatabaseUser.Debezium.Account}");

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        try
        {
            if (await BinlogStatus.ReadAsync(connection, cancellationToken) is not { } status)
                return promise.Failed("no binlog is written", Start);

            // It takes REPLICATION SLAVE, as the binlog stream that Debezium reads does; the first event costs next to nothing.
            CommandDefinition ask = new($"SHOW BINLOG EVENTS IN {SqlText.Literal(status.File)} LIMIT 1", cancellationToken: cancellationToken);
            string found = $"{status.File}, position {status.Position}";
            return (await connection.QueryAsync(ask)).Any()
                ? promise.Ok(found)
                : promise.Failed($"{found}, and no event in it", "See MySQL's log: a binlog file starts with an event that describes it.");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return promise.Failed($"debezium may not read it: {e.Message}", Grant);
        }
    }
}
