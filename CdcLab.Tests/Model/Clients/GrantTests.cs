using CdcLab.Clients.MySql;
using FsCheck;
using FsCheck.Fluent;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class GrantTests
{
    [Theory]
    [InlineData("GRANT USAGE ON *.* TO `u`@`%`")]
    [InlineData("GRANT SELECT, RELOAD ON *.* TO `u`@`%`", "SELECT ON *.*", "RELOAD ON *.*")]
    [InlineData("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`", "REPLICATION SLAVE ON *.*", "REPLICATION CLIENT ON *.*")]
    [InlineData("GRANT BINLOG_ADMIN,XA_RECOVER_ADMIN ON *.* TO `u`@`%`", "BINLOG_ADMIN ON *.*", "XA_RECOVER_ADMIN ON *.*")]
    [InlineData("GRANT SELECT ON *.* TO `u`@`%` WITH GRANT OPTION", "SELECT ON *.*", "GRANT OPTION ON *.*")]
    [InlineData("GRANT USAGE ON *.* TO `u`@`%` WITH GRANT OPTION", "GRANT OPTION ON *.*")]
    [InlineData("GRANT ALL PRIVILEGES ON `cdclab`.* TO `u`@`%`", "ALL PRIVILEGES ON `cdclab`.*")]
    [InlineData("GRANT SELECT ON `a``b`.`TO ON` TO `u`@`%`", "SELECT ON `a``b`.`TO ON`")]
    [InlineData("GRANT SELECT (`a`, `b,c`), INSERT (`d)`) ON `x`.`y` TO `u`@`%`", "SELECT (`a`, `b,c`) ON `x`.`y`", "INSERT (`d)`) ON `x`.`y`")]
    [InlineData("GRANT EXECUTE ON PROCEDURE `x`.`p` TO `u`@`%`", "EXECUTE ON PROCEDURE `x`.`p`")]
    [InlineData("GRANT EXECUTE, ALTER ROUTINE ON FUNCTION `x`.`f` TO `u`@`%`", "EXECUTE ON FUNCTION `x`.`f`", "ALTER ROUTINE ON FUNCTION `x`.`f`")]
    [InlineData("GRANT EXECUTE ON LIBRARY `x`.`l` TO `u`@`%`", "EXECUTE ON LIBRARY `x`.`l`")]
    [InlineData("GRANT `r1`@`%`,`r2`@`localhost` TO `u`@`%`", "role `r1`@`%`", "role `r2`@`localhost`")]
    [InlineData("GRANT `r`@`%` TO `u`@`%` WITH ADMIN OPTION", "role `r`@`%`")]
    [InlineData("GRANT PROXY ON ``@`` TO `u`@`%` WITH GRANT OPTION", "PROXY ON ``@``")]
    [InlineData("REVOKE SELECT, INSERT ON `mysql`.* FROM `u`@`%`", "SELECT withheld on `mysql`.*", "INSERT withheld on `mysql`.*")]
    [InlineData("GRANT SELECT ON \"cdclab\".* TO \"u\"@\"%\"", "SELECT ON `cdclab`.*")]
    public void A_line_of_SHOW_GRANTS_is_read(string line, params string[] grants) => Assert.Equal(grants, GrantParser.Parse(line).Select(g => g.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("GRANT")]
    [InlineData("GRANT SELECT")]
    [InlineData("GRANT SELECT ON")]
    [InlineData("GRANT SELECT ON *.*")]
    [InlineData("GRANT SELECT ON *.* TO")]
    [InlineData("GRANT SELECT ON *.* TO `u`@`%` WITH MAGIC")]
    [InlineData("GRANT SELECT ON *.* TO `u`@`%` AS `x` WITH ROLE ALL")]
    [InlineData("GRANT SELECT ON `open TO `u`@`%`")]
    [InlineData("GRANT SELECT (`a` ON `x`.`y` TO `u`@`%`")]
    [InlineData("REVOKE `r`@`%` FROM `u`@`%`")]
    [InlineData("SET DEFAULT ROLE `r`@`%` TO `u`@`%`")]
    [InlineData("DENY SELECT ON *.* TO `u`@`%`")]
    public void A_line_that_is_not_understood_is_kept_as_a_difference(string line)
    {
        Grant grant = Assert.Single(GrantParser.Parse(line));

        Assert.Equal(GrantKind.Unreadable, grant.Kind);
        Assert.Contains(grant, GrantDifference.Of(DatabaseUser.Debezium, [grant]).Extra);
    }

    [Property]
    public Property No_line_makes_the_parser_throw() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), line => GrantParser.Parse(line.Get) is not null);

    [Property]
    public Property No_line_of_grant_words_makes_the_parser_throw() =>
        Prop.ForAll(
            Gen.Elements("GRANT", "REVOKE", "SELECT", "ON", "TO", "FROM", "(", ")", ",", "`a`", "@", ".", "*", "WITH", "OPTION", "PROXY", "`", "PROCEDURE").ListOf().Select(w => string.Join(' ', w)).ToArbitrary(),
            line => GrantParser.Parse(line).All(g => g.ToString().Length > 0));

    [Property]
    public Property Any_name_comes_back_quoted_from_a_grant_on_it() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>().Filter(n => !n.Get.Contains('\0', StringComparison.Ordinal)), name =>
            GrantParser.Parse($"GRANT SELECT ON {SqlText.Identifier(name.Get)}.* TO `u`@`%`") is [{ Kind: GrantKind.Privilege, What: "SELECT" } grant] && grant.On == $"{SqlText.Identifier(name.Get)}.*");

    [Fact]
    public void What_is_exactly_as_it_must_be_has_no_difference() =>
        Assert.True(Difference(DatabaseUser.Debezium, "GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `debezium`@`%`").IsNone);

    [Fact]
    public void A_privilege_on_more_than_its_scope_is_both_missing_and_extra()
    {
        GrantDifference difference = Difference(DatabaseUser.Simulator, "GRANT USAGE ON *.* TO `simulator`@`%`", "GRANT SELECT ON *.* TO `simulator`@`%`", "GRANT INSERT, UPDATE, DELETE ON `cdclab`.* TO `simulator`@`%`");
        Assert.Equal("SELECT ON `cdclab`.*", Assert.Single(difference.Missing).ToString());
        Assert.Equal("SELECT ON *.*", Assert.Single(difference.Extra).ToString());
    }

    [Fact]
    public void Everything_is_too_much_and_lacks_nothing()
    {
        GrantDifference difference = Difference(DatabaseUser.Simulator, "GRANT ALL PRIVILEGES ON `cdclab`.* TO `simulator`@`%`");
        Assert.Empty(difference.Missing);
        Assert.Equal("ALL PRIVILEGES ON `cdclab`.*", Assert.Single(difference.Extra).ToString());
    }

    [Theory]
    [InlineData("a`b", "`a``b`")]
    [InlineData("a.b", "`a.b`")]
    public void A_name_is_quoted(string name, string quoted) => Assert.Equal(quoted, SqlText.Identifier(name));

    [Theory]
    [InlineData("it's", "'it''s'")]
    [InlineData("a\\", "'a\\\\'")]
    [InlineData("' OR 1 -- ", "''' OR 1 -- '")]
    public void A_text_is_quoted(string text, string quoted) => Assert.Equal(quoted, SqlText.Literal(text));

    private static GrantDifference Difference(DatabaseUser user, params string[] lines) => GrantDifference.Of(user, [.. lines.SelectMany(GrantParser.Parse)]);
}
