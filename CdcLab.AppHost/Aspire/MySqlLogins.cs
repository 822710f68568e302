using CdcLab.Model.Schema;

namespace CdcLab.AppHost.Aspire;

/// <summary>The connection strings of MySQL's users: a reference to the server or its database would hand out root's.</summary>
internal static class MySqlLogins
{
    public static IResourceBuilder<ConnectionStringResource> AddLogin(this IResourceBuilder<MySqlServerResource> mysql, string name, DatabaseUser user, IResourceBuilder<ParameterResource> password) =>
        mysql.ApplicationBuilder.AddConnectionString(
            name,
            ReferenceExpression.Create($"Server={mysql.Resource.Host};Port={mysql.Resource.Port};Database={OrdersSchema.Database};User ID={user.Name};Password={password}"))
        .WithParentRelationship(mysql);
}
