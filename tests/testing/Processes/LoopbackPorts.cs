using System.Net;
using System.Net.Sockets;

namespace OrderInventory.Testing.Processes;

/// <summary>
/// Ports of the loopback interface for servers that are about to start, outside of the ranges that systems give to outgoing connections
/// and that <c>eng/servers</c> takes its own from. Each process of tests has a block to itself for as long as it lives:
/// a port that looks free may have been given to a server that has yet to open it.
/// </summary>
public static class LoopbackPorts
{
    private const int First = 24_000;
    private const int BlockSize = 500;
    private const int Blocks = 17;

    private static readonly Lazy<TcpListener> Block = new(Claim);
    private static int _tried;

    /// <summary>So many that nobody listens on.</summary>
    public static int[] Free(int count)
    {
        var claim = ((IPEndPoint)Block.Value.LocalEndpoint).Port;
        var ports = new List<int>(count);
        for (var left = BlockSize; ports.Count < count; left--)
        {
            if (left == 0) throw new InvalidOperationException($"No {count} of {BlockSize} ports are free.");
            var port = claim + (Interlocked.Increment(ref _tried) % BlockSize);
            if (TryListen(port) is not { } probe) continue;
            probe.Dispose();
            ports.Add(port);
        }

        return [.. ports];
    }

    // The first port of a block, held until the process ends, says that the block is taken.
    private static TcpListener Claim() =>
        Enumerable.Range(0, Blocks).Select(block => TryListen(First + (block * BlockSize))).FirstOrDefault(claim => claim is not null)
        ?? throw new InvalidOperationException($"All {Blocks} blocks of ports are taken.");

    private static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
