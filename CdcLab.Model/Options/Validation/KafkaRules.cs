using System.Globalization;
using System.Text.RegularExpressions;

namespace CdcLab.Model.Options.Validation;

/// <summary>The cluster's numbers, and ZooKeeper's time.</summary>
internal static partial class KafkaRules
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public static void Judge(LabOptions options, FaultList faults)
    {
        KafkaOptions kafka = options.Kafka;
        faults.Whole("Lab:Kafka:Brokers", kafka.Brokers, 1, 9);
        faults.Whole("Lab:Kafka:Partitions", kafka.Partitions, 1, 1000);
        Replication(kafka, faults);
        Retention(kafka, faults);
        Times(options, faults);
        Source(kafka, faults);
    }

    private static void Replication(KafkaOptions kafka, FaultList faults)
    {
        const string Brokers = "Lab:Kafka:Brokers";
        const string Factor = "Lab:Kafka:ReplicationFactor";
        const string Minimum = "Lab:Kafka:MinInSyncReplicas";
        faults.Whole(Factor, kafka.ReplicationFactor, 1, 9);
        faults.Whole(Minimum, kafka.MinInSyncReplicas, 1, 9);
        if (!faults.Has(Brokers, Factor) && kafka.ReplicationFactor > kafka.Brokers)
        {
            if (faults.Blame(Factor, Brokers) == Factor)
                faults.Add(Factor, $"is more than there are brokers ({Brokers} = {kafka.Brokers})", $"1 to {kafka.Brokers}, or more brokers, would do");
            else
                faults.Add(Brokers, $"is fewer than each partition has copies ({Factor} = {kafka.ReplicationFactor})", $"at least {kafka.ReplicationFactor}, or {Factor} of at most {kafka.Brokers}, would do");
        }

        if (!faults.Has(Factor, Minimum) && kafka.MinInSyncReplicas > kafka.ReplicationFactor)
        {
            if (faults.Blame(Minimum, Factor) == Minimum)
                faults.Add(Minimum, $"is more than each partition has copies ({Factor} = {kafka.ReplicationFactor}), so that nothing could ever be written", $"1 to {kafka.ReplicationFactor} would do");
            else
                faults.Add(Factor, $"is fewer copies than must be in sync ({Minimum} = {kafka.MinInSyncReplicas}), so that nothing could ever be written", $"at least {kafka.MinInSyncReplicas}, or a lower {Minimum}, would do");
        }
    }

    private static void Retention(KafkaOptions kafka, FaultList faults)
    {
        faults.Whole("Lab:Kafka:RetentionHours", kafka.RetentionHours, 1, 87_600);
        faults.Size("Lab:Kafka:RetentionBytes", kafka.RetentionBytes, ByteSize.MiB, 1024 * 1024 * ByteSize.GiB);
        // log.segment.bytes is a 32-bit number.
        faults.Size("Lab:Kafka:SegmentBytes", kafka.SegmentBytes, ByteSize.MiB, int.MaxValue);
    }

    private static void Times(LabOptions options, FaultList faults)
    {
        const string Session = "Lab:Kafka:SessionTimeout";
        const string Tick = "Lab:ZooKeeper:TickTime";
        KafkaOptions kafka = options.Kafka;
        TimeSpan tick = options.ZooKeeper.TickTime;
        faults.Time(Tick, tick, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), Millisecond);
        faults.Time(Session, kafka.SessionTimeout, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(20), Millisecond);
        if (!faults.Has(Tick, Session) && (kafka.SessionTimeout < 2 * tick || kafka.SessionTimeout > 20 * tick))
        {
            // ZooKeeper would not refuse it: it would silently make it the nearest that it allows.
            if (faults.Blame(Session, Tick) == Session)
                faults.Add(Session, $"is outside ZooKeeper's 2 to 20 ticks ({Tick} = {DurationText.ToText(tick)})", $"{DurationText.ToText(2 * tick)} to {DurationText.ToText(20 * tick)} would do");
            else
                faults.Add(Tick, $"puts {Session} = {DurationText.ToText(kafka.SessionTimeout)} outside ZooKeeper's 2 to 20 ticks", $"{DurationText.ToText(kafka.SessionTimeout / 20)} to {DurationText.ToText(kafka.SessionTimeout / 2)} would do");
        }

        // A broker refuses to start when it is below replica.fetch.wait.max.ms, 500 ms.
        faults.Time("Lab:Kafka:ReplicaLagTime", kafka.ReplicaLagTime, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5), Millisecond);
        faults.Time("Lab:Kafka:LeaderImbalanceCheckInterval", kafka.LeaderImbalanceCheckInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), TimeSpan.FromSeconds(1));
        // Longer than the 60 s that a broker has for its stop would never be over.
        faults.Time("Lab:Kafka:ControlledShutdownBackoff", kafka.ControlledShutdownBackoff, Millisecond, TimeSpan.FromSeconds(30), Millisecond);
    }

    private static void Source(KafkaOptions kafka, FaultList faults)
    {
        string name = Uri.UnescapeDataString(kafka.ArchiveUrl.Segments[^1]);
        if (ArchiveName().Match(name) is { Success: true } match)
        {
            if (int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) is < 1 or > 3)
                faults.Add("Lab:Kafka:ArchiveUrl", "names a Kafka without ZooKeeper (4.0 and later), or one from before 1.0", "a release from 1.0 to 3.9, such as kafka_2.13-3.5.2.tgz, would do");
        }
        else
        {
            faults.Add("Lab:Kafka:ArchiveUrl", "does not end in the name of a Kafka release", "an address that ends in a name such as kafka_2.13-3.5.2.tgz would do");
        }

        if (kafka.ArchiveUrl.UserInfo.Length > 0)
            faults.Add("Lab:Kafka:ArchiveUrl", "holds a user name or password, which would be shown wherever the address is", "the same address without them would do");
    }

    [GeneratedRegex(@"^kafka_2\.\d+-(?<major>\d{1,4})(\.\d+){1,3}\.tgz\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArchiveName();
}
