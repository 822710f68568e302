using CdcLab.Clients.MySql;
using CdcLab.Model.Schema;
using CdcLab.Runtime.Convergence;
using Dapper;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab.MySql;

[Collection(ServersCollection.Name)]
[Trait("tier", "lab")]
public sealed class ConvergenceTests(SharedMySql shared) : IClassFixture<SharedMySql>, IAsyncLifetime
{
    private MySqlServerUnderTest Server => shared.Server;

    // Whatever a failed test left behind must not fail the next one.
    public async ValueTask InitializeAsync()
    {
        await Server.ExecuteAsync("DROP DATABASE IF EXISTS cdclab", "DROP USER IF EXISTS 'debezium'@'%', 'debezium'@'localhost', ''@'localhost', 'simulator'@'%'", "SET GLOBAL partial_revokes = OFF");
        await Server.ConvergeAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_second_convergence_changes_nothing_and_leaves_the_binlog_as_it_was()
    {
        await using MySqlConnection root = await Server.RootAsync();
        string before = await Executed(root);

        IReadOnlyList<string> lines = await Server.ConvergeAsync();

        Assert.Empty(lines);
        Assert.Equal(before, await Executed(root));
    }

    [Fact]
    public async Task Our_users_log_in_with_their_passwords_and_have_exactly_their_grants()
    {
        await using MySqlConnection root = await Server.RootAsync();
        foreach (DatabaseUser user in DatabaseUser.All)
        {
            await using MySqlConnection connection = new(Server.ConnectionString(user));
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            Assert.Equal($"{user.Name}@%", await connection.ExecuteScalarAsync<string>("SELECT CURRENT_USER()"));
            IReadOnlyList<Grant>? grants = await UserGrants.ReadAsync(root, user.Name, "%", TestContext.Current.CancellationToken);
            Assert.Equal(user.Privileges, grants!.Select(g => g.What).Order());
            Assert.All(grants!, g => Assert.Equal(user.Scope, g.On));
        }
    }

    [Theory]
    [InlineData("GRANT INSERT ON *.* TO 'debezium'@'%'", "INSERT ON *.*")]
    [InlineData("GRANT BINLOG_ADMIN ON *.* TO 'debezium'@'%'", "BINLOG_ADMIN ON *.*")]
    [InlineData("GRANT SELECT ON *.* TO 'debezium'@'%' WITH GRANT OPTION", "GRANT OPTION ON *.*")]
    [InlineData("GRANT 'a role' TO 'debezium'@'%' WITH ADMIN OPTION", "role `a role`@`%`")]
    [InlineData("GRANT PROXY ON 'root'@'localhost' TO 'debezium'@'%'", "PROXY ON `root`@`localhost`")]
    [InlineData("GRANT ALL PRIVILEGES ON *.* TO 'debezium'@'%'", "DROP ON *.*")]
    [InlineData("GRANT ALL PRIVILEGES ON cdclab.* TO 'simulator'@'%'", "ALL PRIVILEGES ON `cdclab`.*")]
    [InlineData("GRANT SELECT ON mysql.* TO 'simulator'@'%'", "SELECT ON `mysql`.*")]
    [InlineData("GRANT CREATE ON cdclab.orders TO 'simulator'@'%'", "CREATE ON `cdclab`.`orders`")]
    [InlineData("GRANT UPDATE (price, status) ON cdclab.orders TO 'debezium'@'%'", "UPDATE (`price`, `status`) ON `cdclab`.`orders`")]
    [InlineData("GRANT EXECUTE ON PROCEDURE cdclab.p TO 'simulator'@'%'", "EXECUTE ON PROCEDURE `cdclab`.`p`")]
    public async Task An_extra_privilege_is_revoked(string grant, string named)
    {
        await Server.ExecuteAsync("CREATE ROLE IF NOT EXISTS 'a role'", "CREATE PROCEDURE IF NOT EXISTS cdclab.p() DO 1", grant);

        IReadOnlyList<string> lines = await Server.ConvergeAsync();

        Assert.Contains(lines, l => l.StartsWith($"revoked {named} from", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("still", StringComparison.Ordinal) || l.Contains("could not", StringComparison.Ordinal));
        Assert.Empty(await Server.ConvergeAsync());
    }

    [Fact]
    public async Task A_missing_privilege_is_granted()
    {
        await Server.ExecuteAsync("REVOKE RELOAD, SELECT ON *.* FROM 'debezium'@'%'");

        Assert.Equal(["granted RELOAD, SELECT ON *.* to 'debezium'@'%'"], await Server.ConvergeAsync());
        Assert.Empty(await Server.ConvergeAsync());
    }

    [Fact]
    public async Task A_partial_revoke_is_undone()
    {
        await Server.ExecuteAsync("SET GLOBAL partial_revokes = ON", "REVOKE SELECT ON mysql.* FROM 'debezium'@'%'");

        IReadOnlyList<string> lines = await Server.ConvergeAsync();

        Assert.Contains("revoked all privileges from 'debezium'@'%'", lines);
        Assert.Empty(await Server.ConvergeAsync());
    }

    [Theory]
    [InlineData("ALTER USER 'debezium'@'%' IDENTIFIED BY 'another'")]
    [InlineData("ALTER USER 'debezium'@'%' ACCOUNT LOCK")]
    [InlineData("ALTER USER 'debezium'@'%' PASSWORD EXPIRE")]
    [InlineData("ALTER USER 'debezium'@'%' REQUIRE SSL")]
    [InlineData("DROP USER 'debezium'@'%'")]
    public async Task A_user_that_cannot_log_in_can_afterwards(string statement)
    {
        await Server.ExecuteAsync(statement);

        IReadOnlyList<string> lines = await Server.ConvergeAsync();

        Assert.Contains(lines[0], new[] { "set the password of 'debezium'@'%'", "created user 'debezium'@'%'" });
        Assert.DoesNotContain(lines, l => l.Contains("\"test\"", StringComparison.Ordinal));
        await using MySqlConnection connection = new(Server.ConnectionString(DatabaseUser.Debezium));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await Server.ConvergeAsync());
    }

    [Theory]
    [InlineData("'debezium'@'localhost'")]
    [InlineData("''@'localhost'")]
    public async Task An_account_that_stands_in_for_ours_is_reported_and_left(string account)
    {
        await Server.ExecuteAsync($"CREATE USER {account} IDENTIFIED BY 'theirs'");

        IReadOnlyList<string> lines = await Server.ConvergeAsync();

        Assert.Contains(lines, l => l.StartsWith($"left alone: the account {account} ", StringComparison.Ordinal));
        await Server.ExecuteAsync($"DROP USER {account}");
        await using MySqlConnection connection = new(Server.ConnectionString(DatabaseUser.Debezium));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_table_that_is_there_is_left_as_it_is_and_a_missing_one_is_created()
    {
        await Server.ExecuteAsync("DROP TABLE cdclab.order_executions", "ALTER TABLE cdclab.orders MODIFY symbol VARCHAR(40) NOT NULL, ADD note INT");

        Assert.Equal(["created table cdclab.order_executions"], await Server.ConvergeAsync());
        Assert.Empty(await Server.ConvergeAsync());

        await using MySqlConnection root = await Server.RootAsync();
        const string Sql = "SELECT column_type FROM information_schema.columns WHERE table_schema = 'cdclab' AND table_name = 'orders' AND column_name = 'symbol'";
        Assert.Equal("varchar(40)", await root.ExecuteScalarAsync<string>(Sql));
    }

    [Fact]
    public async Task A_table_that_cannot_be_created_beside_another_one_is_reported()
    {
        await Server.ExecuteAsync("DROP TABLE cdclab.order_executions", "DROP TABLE cdclab.orders", "CREATE TABLE cdclab.orders (order_id VARCHAR(9) PRIMARY KEY)");

        string line = Assert.Single(await Server.ConvergeAsync());

        Assert.StartsWith("table cdclab.order_executions is missing and was not created: ", line, StringComparison.Ordinal);
        await Server.ExecuteAsync("DROP TABLE cdclab.orders");
        Assert.Equal(["created table cdclab.orders", "created table cdclab.order_executions"], await Server.ConvergeAsync());
    }

    [Fact]
    public async Task A_password_that_the_server_refuses_is_named_without_the_password()
    {
        await Server.ExecuteAsync("DROP USER 'simulator'@'%'");
        Dictionary<string, string> passwords = new(Server.Passwords) { ["simulator"] = new string('s', 300) };

        ConvergenceException e = await Assert.ThrowsAsync<ConvergenceException>(
            () => MySqlConvergence.RunAsync(Server.RootConnectionString, passwords, TestContext.Current.CancellationToken));

        Assert.DoesNotContain("sss", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("'simulator'@'%'", e.Message, StringComparison.Ordinal);
    }

    private static async Task<string> Executed(MySqlConnection root) => (await root.ExecuteScalarAsync<string>("SELECT @@GLOBAL.gtid_executed"))!;
}
