using System.Net.Sockets;
using Confluent.Kafka;

namespace CdcLab.Verifier.Checks;

/// <summary>Words for a server that could not be asked: never a type's name, never a stack.</summary>
internal static class Unreachable
{
    /// <summary>Whether this exception means that a server did not answer, or not properly: something to tell, not a fault of ours.</summary>
    public static bool Is(Exception exception) =>
        exception is SocketException or IOException or InvalidDataException or TimeoutException or OperationCanceledException or KafkaException or HttpRequestException;

    /// <summary>The end of a sentence that begins with the server's name.</summary>
    public static string Words(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused the connection: nothing listens there",
        SocketException or EndOfStreamException or IOException => "broke the connection off",
        TimeoutException or OperationCanceledException => "did not answer in time",
        KafkaException { Error.Code: ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown } => "did not answer in time",
        KafkaException e => $"answered: {e.Error.Reason}",
        HttpRequestException { InnerException: SocketException inner } => Words(inner),
        HttpRequestException { StatusCode: { } status } => $"answered with HTTP {(int)status}",
        HttpRequestException => "broke the connection off",
        _ => $"did not answer as expected: {exception.Message.Split('\n', 2)[0].TrimEnd()}",
    };

    /// <summary>What to do about servers that do not answer.</summary>
    public static string Start(params IReadOnlyList<string> resources) =>
        $"If {(resources.Count == 1 ? "it has" : "they have")} ended, run {string.Join(", ", resources.Select(r => $"`aspire resource {r} start`"))}"
        + $" or choose Start in the dashboard; {(resources.Count == 1 ? "its log says" : "their logs say")} why.";
}
