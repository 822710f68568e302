namespace CdcLab.AppHost.Drills;

/// <summary>Every drill, in the order in which <c>drill all</c> runs them.</summary>
internal static class AllDrills
{
    public static IReadOnlyList<Drill> InOrder { get; } =
    [
        new ControlDrill(),
        new BrokerEndDrill(BrokerRole.Leader, isKilled: false),
        new BrokerEndDrill(BrokerRole.Controller, isKilled: false),
        new BrokerEndDrill(BrokerRole.Leader, isKilled: true),
        new BrokerEndDrill(BrokerRole.Controller, isKilled: true),
        new BrokerEndDrill(BrokerRole.Follower, isKilled: true),
        new BrokerBouncedDrill(BrokerRole.Leader, isHard: false),
        new BrokerBouncedDrill(BrokerRole.Controller, isHard: false),
        new BrokerBouncedDrill(BrokerRole.Leader, isHard: true),
        new BrokerBouncedDrill(BrokerRole.Controller, isHard: true),
        new BrokerPausedDrill(),
        new ConnectionCutDrill(),
        new TwoBrokersKilledDrill(),
        new ZooKeeperDrill(isPaused: true),
        new ZooKeeperDrill(isPaused: false),
        new MarketDrill(isKilled: true),
        new MarketDrill(isKilled: false),
        new ConnectAwayDrill(isKilled: true),
        new ConnectAwayDrill(isKilled: false),
        new ConnectBouncedDrill(),
        new SourceKilledDrill(),
        new ChangeLeaderDrill(isBounced: false),
        new ChangeLeaderDrill(isBounced: true),
        new SchemaChangedDrill(),
        new WithoutSnapshotDrill(),
        new BinlogPurgedDrill(),
    ];
}
