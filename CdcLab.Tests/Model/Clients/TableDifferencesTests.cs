using CdcLab.Clients.MySql;

namespace CdcLab.Tests.Model.Clients;

/// <summary>Each difference of a table has the statements that take it away; lab tests type them into a real server.</summary>
[Trait("tier", "model")]
public sealed class TableDifferencesTests
{
    private const string ForeignKey = "foreign key order_id -> orders (order_id)";

    [Fact]
    public void Table_as_it_must_be_has_none() => Assert.All(OrdersSchema.Tables, t => Assert.Empty(TableDifferences.Of(t, Right(t))));

    [Fact]
    public void Further_index_is_none_and_a_unique_one_is_dropped()
    {
        Assert.Empty(Of(OrdersSchema.Orders, parts => parts["index beside"] = "price"));
        TableDifference unique = Assert.Single(Of(OrdersSchema.Orders, parts => parts["unique index be`side"] = "price"));
        Assert.Equal("ALTER TABLE cdclab.orders DROP KEY `be``side`", Assert.Single(unique.Statements));
    }

    [Fact]
    public void Missing_column_is_added_where_it_belongs() =>
        Assert.EndsWith("ADD COLUMN quantity int NOT NULL AFTER order_type", Statement(OrdersSchema.Orders, parts => parts.Remove("column quantity")), StringComparison.Ordinal);

    [Fact]
    public void Column_of_another_name_is_renamed_and_not_dropped() => Assert.Equal(
        "ALTER TABLE cdclab.orders RENAME COLUMN amount TO price",
        Statement(OrdersSchema.Orders, parts =>
        {
            parts["column amount"] = parts["column price"];
            parts.Remove("column price");
        }));

    [Fact]
    public void Columns_whose_names_were_exchanged_get_them_back_in_one_statement()
    {
        TableDifference exchanged = Assert.Single(Of(OrdersSchema.Orders, parts =>
        {
            (parts["column order_id"], parts["column user_id"]) = (parts["column user_id"], parts["column order_id"]);
            parts["primary key"] = "user_id";
        }));

        Assert.Equal("the names of the columns order_id, user_id are exchanged", exchanged.Text);
        Assert.Equal("ALTER TABLE cdclab.orders RENAME COLUMN user_id TO order_id, RENAME COLUMN order_id TO user_id", Assert.Single(exchanged.Statements));
    }

    [Fact]
    public void Foreign_key_with_other_rules_is_made_anew_by_its_own_name()
    {
        TableDifference rules = Assert.Single(Of(OrdersSchema.OrderExecutions, parts => parts[ForeignKey] = "ON DELETE CASCADE"));
        Assert.Equal(2, rules.Statements.Count);
        Assert.EndsWith("DROP FOREIGN KEY other", rules.Statements[0], StringComparison.Ordinal);
        Assert.EndsWith("ADD CONSTRAINT order_executions_order_id FOREIGN KEY (order_id) REFERENCES cdclab.orders (order_id)", rules.Statements[1], StringComparison.Ordinal);
        Assert.Equal($"{ForeignKey} is ON DELETE CASCADE, not without rules", rules.Text);
        Assert.False(rules.IsMovedKey);
    }

    [Fact]
    public void Foreign_key_that_went_with_its_table_is_told_as_moved()
    {
        IReadOnlyList<TableDifference> moved = Of(OrdersSchema.OrderExecutions, parts =>
        {
            parts.Remove(ForeignKey);
            parts["foreign key order_id -> elsewhere.orders (order_id)"] = "ALTER TABLE cdclab.order_executions DROP FOREIGN KEY other";
        });
        Assert.Equal(2, moved.Count);
        Assert.All(moved, d => Assert.True(d.IsMovedKey));
        Assert.False(Assert.Single(Of(OrdersSchema.Orders, parts => parts.Remove("column quantity"))).IsMovedKey);
    }

    [Fact]
    public void Columns_in_another_order_are_put_in_theirs()
    {
        TableState right = Right(OrdersSchema.Orders);
        TableDifference order = Assert.Single(TableDifferences.Of(OrdersSchema.Orders, right with { Columns = [.. right.Columns.Reverse()] }));
        Assert.Contains("MODIFY COLUMN user_id bigint NOT NULL AFTER order_id", Assert.Single(order.Statements), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MyISAM", "utf8mb4_0900_ai_ci", "ENGINE = InnoDB")]
    [InlineData("InnoDB", "latin1_swedish_ci", "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci")]
    public void Engine_and_collation_are_set_back(string engine, string collation, string change) =>
        Assert.Equal($"ALTER TABLE cdclab.orders {change}", Assert.Single(Assert.Single(TableDifferences.Of(OrdersSchema.Orders, Right(OrdersSchema.Orders) with { Engine = engine, Collation = collation })).Statements));

    [Fact]
    public void View_in_its_place_is_dropped() =>
        Assert.Equal("DROP VIEW cdclab.orders", Assert.Single(Assert.Single(TableDifferences.Of(OrdersSchema.Orders, Right(OrdersSchema.Orders) with { Kind = "VIEW" })).Statements));

    [Theory]
    [InlineData("expression index f", "(`price` + 1)", "ALTER TABLE cdclab.orders DROP KEY f")]
    [InlineData("FULLTEXT index ft", "symbol", "ALTER TABLE cdclab.orders DROP KEY ft")]
    [InlineData("row format Compressed", "ALTER TABLE cdclab.orders ROW_FORMAT = DYNAMIC", "ALTER TABLE cdclab.orders ROW_FORMAT = DYNAMIC")]
    [InlineData("reference by other.t (fk)", "ALTER TABLE `other`.`t` DROP FOREIGN KEY `fk`", "ALTER TABLE `other`.`t` DROP FOREIGN KEY `fk`")]
    public void What_holds_for_the_table_beyond_the_schema_has_the_statement_that_takes_it_away(string part, string definition, string statement) =>
        Assert.Equal(statement, Statement(OrdersSchema.Orders, parts => parts[part] = definition));

    [Fact]
    public void A_primary_key_that_is_missing_comes_before_the_unique_key_in_its_place_goes()
    {
        IReadOnlyList<TableDifference> differences = Of(OrdersSchema.OrderExecutions, parts =>
        {
            parts.Remove("primary key");
            parts["unique index u"] = "execution_id";
        });

        Assert.EndsWith("ADD PRIMARY KEY (execution_id)", Assert.Single(differences[0].Statements), StringComparison.Ordinal);
        Assert.EndsWith("DROP KEY u", Assert.Single(differences[1].Statements), StringComparison.Ordinal);
    }

    private static string Statement(TableSpec spec, Action<Dictionary<string, string>> change) => Assert.Single(Assert.Single(Of(spec, change)).Statements);

    private static IReadOnlyList<TableDifference> Of(TableSpec spec, Action<Dictionary<string, string>> change)
    {
        Dictionary<string, string> parts = new(Right(spec).Parts);
        change(parts);
        return TableDifferences.Of(spec, Right(spec) with { Parts = parts });
    }

    private static TableState Right(TableSpec spec)
    {
        Dictionary<string, string> parts = spec.Columns.ToDictionary(c => $"column {c.Name}", c => c.Definition);
        parts["primary key"] = spec.PrimaryKey;
        foreach ((string name, string columns) in spec.Indexes)
            parts[$"index {name}"] = columns;
        if (spec.ForeignKey is not null)
            parts[ForeignKey] = "";
        return new("BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", [.. spec.Columns.Select(c => c.Name)], parts, new Dictionary<string, string> { [ForeignKey] = "other" });
    }
}
