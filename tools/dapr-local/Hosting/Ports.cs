using System.Net;
using System.Net.Sockets;
using DaprLocal.Config;

namespace DaprLocal.Hosting;

/// <summary>Chooses free ports and finds out early, with the line that asked for it, that one is taken.</summary>
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

    /// <summary>Refuses to start while something listens on a port of the plan.</summary>
    public static void CheckFree(IEnumerable<AppPlan> apps)
    {
        var taken = new List<string>();
        foreach (var app in apps)
        {
            (string Key, PortSetting? Setting)[] wanted =
            [
                // An app that is started by someone else may be up already.
                ("appPort", app.App.Command.Count > 0 && app.App.AppChannelAddress is "127.0.0.1" or "localhost" ? app.App.AppPort : null),
                ("daprHTTPPort", app.App.HttpPort),
                ("daprGRPCPort", app.App.GrpcPort),
            ];
            taken.AddRange(wanted.Where(port => port.Setting is not null && IsTaken(port.Setting.Port)).Select(port => Describe(app.App.AppId, port.Key, port.Setting!)));
        }
        if (taken.Count > 0)
            throw new UserException(string.Join(Environment.NewLine, taken));
    }

    private static string Describe(string appId, string key, PortSetting setting)
    {
        var origin = setting.Position is { } position ? $"set at {position.File}:{position.Line}" : "chosen by dapr-local";
        return $"port {setting.Port} of '{appId}' ({key}, {origin}) is already in use; stop what listens there ('ss -ltnp' names it) or change {key}";
    }

    private static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
