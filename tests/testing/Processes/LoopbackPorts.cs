using System.Globalization;
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

    private static readonly Lazy<(int Number, FileStream Hold)> Block = new(Claim);
    private static int _tried;

    /// <summary>So many that nobody listens on.</summary>
    public static int[] Free(int count)
    {
        var ports = new List<int>(count);
        for (var left = BlockSize; ports.Count < count; left--)
        {
            if (left == 0) throw new InvalidOperationException($"No {count} of {BlockSize} ports are free.");
            var port = First + (Block.Value.Number * BlockSize) + (Interlocked.Increment(ref _tried) % BlockSize);
            if (IsFree(port)) ports.Add(port);
        }

        return [.. ports];
    }

    private static (int Number, FileStream Hold) Claim()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"oi-ports-of-{Environment.UserName}")).FullName;
        for (var number = 0; number < Blocks; number++)
        {
            try
            {
                // Held until the process ends, however it does.
                return (number, new FileStream(Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                // Another process has it.
            }
        }

        throw new InvalidOperationException($"All {Blocks} blocks of ports are taken; see {folder}.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
