using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting;

/// <summary>Numbers that cannot be, said at the line that gives them.</summary>
internal static class KafkaClusterGuards
{
    private const int MostBrokers = 9;
    private const int LastPort = 65535;

    public static void ThrowIfNotBrokers(int brokers, [CallerArgumentExpression(nameof(brokers))] string? argument = null)
    {
        if (brokers is < 1 or > MostBrokers)
            throw new ArgumentOutOfRangeException(argument, brokers, $"A Kafka cluster on one machine has 1 to {MostBrokers} brokers.");
    }

    public static void ThrowIfNotPorts(int first, int count, [CallerArgumentExpression(nameof(first))] string? argument = null)
    {
        if (first < 1 || first + count - 1 > LastPort)
            throw new ArgumentOutOfRangeException(argument, first, $"{count} brokers need {count} ports in a row between 1 and {LastPort}: the first may be at most {LastPort - count + 1}.");
    }

    public static void ThrowIfNotReplication(int factor, int minInSync, int brokers)
    {
        if (factor < 1 || factor > brokers)
            throw new ArgumentOutOfRangeException(nameof(factor), factor, $"A partition has 1 to {brokers} copies in a cluster of {brokers} {(brokers == 1 ? "broker" : "brokers")}: no broker holds two.");
        if (minInSync < 1 || minInSync > factor)
            throw new ArgumentOutOfRangeException(nameof(minInSync), minInSync, $"min.insync.replicas is 1 to {factor}, the number of copies: with more, no write with acks=all would ever be taken.");
    }

    /// <summary>Docker's own form of a size: a whole number with b, k, m or g.</summary>
    public static void ThrowIfNotMemory(string limit)
    {
        ArgumentException.ThrowIfNullOrEmpty(limit);
        char unit = char.ToLowerInvariant(limit[^1]);
        string number = unit is 'b' or 'k' or 'm' or 'g' ? limit[..^1] : limit;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size == 0)
            throw new ArgumentException($"'{limit}' is no memory limit; write a whole number of bytes, or with b, k, m or g: 768m, 1g.", nameof(limit));
    }
}
