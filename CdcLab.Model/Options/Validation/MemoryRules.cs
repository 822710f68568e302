namespace CdcLab.Model.Options.Validation;

/// <summary>Caps, heaps and the buffer pool: each server must fit its cap, and all caps the machine.</summary>
internal static class MemoryRules
{
    // A JVM's own needs beside its heap: metaspace, threads, code cache, direct buffers.
    private const long JavaBeside = 128 * ByteSize.MiB;

    // Measured: an idle MySQL 9.7 with the lab's settings takes 300 MB before its buffer pool fills.
    private const long MySqlBeside = 256 * ByteSize.MiB;

    // The brokers' log cleaner alone takes 128 MiB of the heap.
    private const long LeastBrokerHeap = 256 * ByteSize.MiB;
    private const long LeastZooKeeperHeap = 64 * ByteSize.MiB;

    // MySQL refuses less.
    private const long LeastBufferPool = 5 * ByteSize.MiB;

    // Kafka UI's heap of 192 MiB and what a JVM takes beside it.
    private const long LeastKafkaUi = 320 * ByteSize.MiB;

    public static void Judge(LabOptions options, FaultList faults)
    {
        Pair(faults, "Lab:MySql:BufferPool", options.MySql.BufferPool, LeastBufferPool, "Lab:MySql:MemoryCap", options.MySql.MemoryCap, MySqlBeside, "MySQL");
        Pair(faults, "Lab:ZooKeeper:Heap", options.ZooKeeper.Heap, LeastZooKeeperHeap, "Lab:ZooKeeper:MemoryCap", options.ZooKeeper.MemoryCap, JavaBeside, "Java");
        Pair(faults, "Lab:Kafka:Heap", options.Kafka.Heap, LeastBrokerHeap, "Lab:Kafka:MemoryCap", options.Kafka.MemoryCap, JavaBeside, "Java");
        faults.Size("Lab:KafkaUi:MemoryCap", options.KafkaUi.MemoryCap, LeastKafkaUi, long.MaxValue);
    }

    public static void JudgeSum(LabOptions options, LabRuntimeKind runtime, long? machine, FaultList faults)
    {
        // A broker count that cannot be has its own fault, and would make this sum meaningless.
        if (machine is not { } memory || faults.Has("Lab:Kafka:Brokers"))
            return;

        // In decimal: caps of impossible size must give a fault here, not an overflow.
        (string Key, decimal Bytes)[] parts =
        [
            ("Lab:MySql:MemoryCap", options.MySql.MemoryCap),
            ("Lab:ZooKeeper:MemoryCap", options.ZooKeeper.MemoryCap),
            ("Lab:Kafka:MemoryCap", (decimal)options.Kafka.MemoryCap * options.Kafka.Brokers),
            ("Lab:KafkaUi:MemoryCap", runtime == LabRuntimeKind.Container ? options.KafkaUi.MemoryCap : 0),
        ];
        decimal sum = parts.Sum(p => p.Bytes);
        if (sum <= memory)
            return;
        string largest = parts.MaxBy(p => p.Bytes).Key;
        string brokers = options.Kafka.Brokers == 1 ? "1 broker" : $"{options.Kafka.Brokers} brokers";
        faults.Add(
            largest,
            $"the caps of the lab's servers ({brokers}) sum to {MiB(sum)}, and this machine has {MiB(memory)}",
            $"lower it{(largest.StartsWith("Lab:Kafka:", StringComparison.Ordinal) && options.Kafka.Brokers > 1 ? ", or Lab:Kafka:Brokers," : "")} so that the caps fit");
    }

    private static void Pair(FaultList faults, string innerKey, long inner, long leastInner, string capKey, long cap, long beside, string who)
    {
        faults.Size(innerKey, inner, leastInner, long.MaxValue);
        faults.Size(capKey, cap, leastInner + beside, long.MaxValue);
        if (faults.Has(innerKey, capKey) || inner <= cap - beside)
            return;

        string blamed = faults.Blame(innerKey, capKey);
        string besideText = $"{ByteSize.ToText(beside)} that {who} takes beside it";
        if (blamed == innerKey)
            faults.Add(innerKey, $"does not fit {capKey} = {ByteSize.ToText(cap)} with the {besideText}", $"at most {ByteSize.ToText(cap - beside)}, or a higher cap, would do");
        else
            faults.Add(capKey, $"has no room for {innerKey} = {ByteSize.ToText(inner)} and the {besideText}", $"{Least(inner, beside)}a lower {innerKey} would do");
    }

    private static string Least(long inner, long beside) =>
        inner <= long.MaxValue - beside ? $"at least {ByteSize.ToText(inner + beside)}, or " : "";

    private static string MiB(decimal bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / ByteSize.MiB:N0} MiB");
}
