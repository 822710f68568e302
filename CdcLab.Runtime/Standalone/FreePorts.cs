using System.Net;
using System.Net.Sockets;
using CdcLab.Model;

namespace CdcLab.Runtime.Standalone;

/// <summary>Finds ports that nothing listens on.</summary>
public static class FreePorts
{
    // Below the range that Linux hands out for outgoing connections (32768 and up), which would take one between the look and the use.
    private const int FirstBase = 20_000;
    private const int LastBase = 32_000;

    /// <summary>The ports of a port base, with those that may be any free one chosen.</summary>
    /// <param name="portBase">0, or the first port of a block.</param>
    /// <returns>Ports, none of them 0.</returns>
    public static LabPorts Of(int portBase)
    {
        LabPorts ports = LabPorts.From(portBase);
        return ports with { Control = ports.Control == 0 ? Any() : ports.Control, Simulator = ports.Simulator == 0 ? Any() : ports.Simulator };
    }

    /// <summary>The base of a block in which every port is free.</summary>
    /// <returns>A port base.</returns>
    /// <exception cref="IOException">There is none.</exception>
    public static int Base()
    {
        int blocks = (LastBase - FirstBase) / LabPorts.BlockSize;
        int first = Random.Shared.Next(blocks);
        for (int i = 0; i < blocks; i++)
        {
            int candidate = FirstBase + ((first + i) % blocks * LabPorts.BlockSize);
            if (Enumerable.Range(candidate, LabPorts.BlockSize).All(port => WhyTaken(IPAddress.Loopback, port) is null))
                return candidate;
        }

        throw new IOException($"No {LabPorts.BlockSize} free ports in a row between {FirstBase} and {LastBase}.");
    }

    /// <summary>Why a server could not listen on a port now.</summary>
    /// <param name="address">The address that it would bind to.</param>
    /// <param name="port">The port.</param>
    /// <returns>The system's reason; null when it could.</returns>
    public static SocketError? WhyTaken(IPAddress address, int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Java, MySQL and Kestrel all bind with it: connections that are still closing do not hinder them.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return null;
        }
        catch (SocketException taken)
        {
            return taken.SocketErrorCode;
        }
    }

    private static int Any()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
