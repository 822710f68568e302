using CdcLab.Model;
using CdcLab.Model.Connecting;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Shows the command line of a SQL prompt. The password is not in it: the client asks for it.</summary>
public sealed class SqlPromptCommand : LabCommand
{
    /// <inheritdoc/>
    public override string Name => "sql-prompt";

    /// <inheritdoc/>
    public override string DisplayName => "SQL prompt";

    /// <inheritdoc/>
    public override string Icon => "WindowConsole";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override bool AppliesTo(LabModel model, string resource) => resource == ResourceNames.MySql;

    /// <inheritdoc/>
    public override CommandAvailability Availability(LabSnapshot lab, string resource) => CommandAvailability.Enabled;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "Shows the command line that opens a SQL prompt.";

    /// <inheritdoc/>
    public override Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        MySqlConnection connection = LabConnections.MySqlOf(call.Lab.Model, null);
        string text = $"""
            In a terminal on this machine:

            ```
            {connection.CommandLine}
            ```

            It asks for the password of `{connection.User}`; the AppHost's command `connect --show-secrets` prints it.

            JDBC: `{connection.Jdbc}`
            """;
        return Task.FromResult(CommandOutcome.Shown(connection.CommandLine, text));
    }
}
