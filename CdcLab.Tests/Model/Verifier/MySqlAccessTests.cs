using System.Net;
using System.Net.Sockets;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MySqlAccessTests
{
    [Fact]
    public async Task Host_and_port_are_those_of_the_connection_string()
    {
        using TcpListener listener = new(IPAddress.Parse("127.0.0.9"), 0);
        listener.Start();
        MySqlAccess access = new($"Server=127.0.0.9;Port={((IPEndPoint)listener.LocalEndpoint).Port};User ID=debezium;Password=none");

        foreach (Func<CancellationToken, Task> connect in (Func<CancellationToken, Task>[])[access.OpenAsync, access.LogInAsync])
        {
            Task<TcpClient> accepted = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
            Task refused = Assert.ThrowsAsync<CannotLookException>(() => connect(TestContext.Current.CancellationToken));
            (await accepted.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Dispose();
            await refused;
        }
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_called_by_its_address()
    {
        MySqlAccess access = new("Server=127.0.0.9;Port=1;User ID=debezium;Password=none");

        CannotLookException told = await Assert.ThrowsAsync<CannotLookException>(() => access.LogInAsync(TestContext.Current.CancellationToken));

        Assert.Contains("127.0.0.9:1 does not answer", told.Message, StringComparison.Ordinal);
    }
}
