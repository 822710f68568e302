using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Verifier.Checks;

/// <summary>The checks of MySQL: it answers, its variables, schema and grants.</summary>
/// <remarks>The id of a setting's check is <c>mysql.</c> and its <see cref="ServerSetting.Variable"/>, e.g. <c>mysql.binlog_format</c>: the report's table of variables finds it by that.</remarks>
public static class MySqlChecks
{
    /// <summary>The checks of this lab's MySQL.</summary>
    /// <param name="model">What MySQL must be.</param>
    /// <param name="handover">How to log in.</param>
    /// <returns>The checks.</returns>
    public static IReadOnlyList<ICheck> Of(LabModel model, ServiceHandover handover)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(handover);
        string password = handover.DebeziumPassword
            ?? throw new FormatException("Lab:Passwords:Debezium is missing. The verifier is started by the host, which hands it over.");
        MySqlAccess access = new(handover.Ports.MySql, password);
        return
        [
            new MySqlAnswersCheck(access),
            new MySqlSettingsCheck(model.MySql, access),
            new MySqlBinlogCheck(access),
            new MySqlSchemaCheck(access),
            new MySqlGrantsCheck(access),
            new MarketInvariantsCheck(access),
        ];
    }
}
