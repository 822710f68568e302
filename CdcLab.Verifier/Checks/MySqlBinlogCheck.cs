using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The CDC user can see where the binlog is and read events of it.</summary>
internal sealed class MySqlBinlogCheck(MySqlAccess access) : ICheck
{
    private readonly Promise _binlog = new("mysql.binlog", ResourceNames.MySql, "a binlog position, and events that debezium can read", "the binlog is what CDC captures");

    public IReadOnlyList<Promise> Promises => [_binlog];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
        try
        {
            return [await JudgeAsync(connection, cancellationToken)];
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            return [_binlog.Failed($"debezium may not read it: {e.Message}", $"Start the lab again: it grants {DatabaseUser.Debezium.Account} what it needs.")];
        }
    }

    private async Task<Verdict> JudgeAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        if (await BinlogStatus.ReadAsync(connection, cancellationToken) is not { } status)
            return _binlog.Failed("no binlog is written", "Start MySQL again (`aspire resource mysql restart`): the lab gives it --log-bin.");

        // It takes REPLICATION SLAVE, as the binlog stream that Debezium reads does; the first event costs next to nothing.
        CommandDefinition ask = new($"SHOW BINLOG EVENTS IN {SqlText.Literal(status.File)} LIMIT 1", cancellationToken: cancellationToken);
        string found = $"{status.File}, position {status.Position}";
        return (await connection.QueryAsync(ask)).Any()
            ? _binlog.Ok(found)
            : _binlog.Failed($"{found}, and no event in it", "See MySQL's log: a binlog file starts with an event that describes it.");
    }
}
