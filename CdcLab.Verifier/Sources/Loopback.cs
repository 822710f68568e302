using System.Net;

namespace CdcLab.Verifier.Sources;

/// <summary>Where this machine reaches what it runs.</summary>
internal static class Loopback
{
    /// <summary>The address that everything but MySQL, the EXTERNAL listeners and the pages binds to.</summary>
    public const string Address = "127.0.0.1";

    /// <summary>The address by which this machine reaches what binds to another: all addresses include loopback.</summary>
    public static string Reach(string bindAddress) => IPAddress.TryParse(bindAddress, out IPAddress? address) && address.Equals(IPAddress.Any) ? Address : bindAddress;
}
