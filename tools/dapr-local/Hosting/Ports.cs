using System.Net;
using System.Net.Sockets;

namespace DaprLocal.Hosting;

/// <summary>Chooses free ports.</summary>
internal static class Ports
{
    /// <summary>Distinct free ports on loopback, none of <paramref name="except"/>.</summary>
    public static IReadOnlyList<int> Free(int count, IReadOnlyCollection<int> except)
    {
        var held = new List<TcpListener>();
        try
        {
            var ports = new List<int>();
            // A port that may not be used stays held, so that the system offers another one next time.
            while (ports.Count < count)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                held.Add(listener);
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (!except.Contains(port))
                    ports.Add(port);
            }
            return ports;
        }
        finally
        {
            held.ForEach(listener => listener.Dispose());
        }
    }
}
