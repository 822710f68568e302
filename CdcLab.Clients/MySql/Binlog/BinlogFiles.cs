namespace CdcLab.Clients.MySql.Binlog;

/// <summary>One binlog file that the server keeps, and its length.</summary>
public sealed record BinlogFile(string Name, long Size)
{
    /// <summary>Reads the list, oldest first, which takes REPLICATION CLIENT.</summary>
    public static async Task<IReadOnlyList<BinlogFile>> ListAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
    [
        .. (await connection.QueryAsync(new CommandDefinition("SHOW BINARY LOGS", cancellationToken: cancellationToken)))
            .Select(row => new BinlogFile((string)row.Log_name, Convert.ToInt64(row.File_size))),
    ];
}

/// <summary>Sets of GTIDs as MySQL writes them: <c>uuid:1-5:8, uuid:tag:1-3</c>.</summary>
public static class GtidSet
{
    /// <summary>How many transactions a set names. Tags, which begin with a letter, stand between the intervals.</summary>
    public static long Count(string set) => set
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(server => server.Split(':').Skip(1))
        .Where(part => char.IsAsciiDigit(part.FirstOrDefault()))
        .Select(interval => interval.Split('-'))
        .Sum(ends => long.Parse(ends[^1], CultureInfo.InvariantCulture) - long.Parse(ends[0], CultureInfo.InvariantCulture) + 1);
}
