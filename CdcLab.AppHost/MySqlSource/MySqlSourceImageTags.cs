namespace Aspire.Hosting;

internal static class MySqlSourceImageTags
{
    public const string MySql = "mysql:8.0";
}
