using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using DaprLocal.Config;

namespace DaprLocal.Hosting;

/// <summary>Chooses free ports, and finds out early that one is taken.</summary>
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

    /// <summary>Refuses to start while something listens on a port of the plan; an app that somebody else starts may listen already.</summary>
    public static void CheckFree(RunPlan plan)
    {
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => (int?)listener.Port).ToHashSet();
        var taken = plan.Apps
            .SelectMany(app => new[] { (app.App, Key: "appPort", Port: app.App.Command.Count > 0 ? app.App.AppPort : null), (app.App, "daprHTTPPort", app.Sidecar.HttpPort), (app.App, "daprGRPCPort", app.Sidecar.GrpcPort) })
            .Where(wanted => listening.Contains(wanted.Port))
            .Select(wanted => $"port {wanted.Port} ({wanted.Key} of '{wanted.App.AppId}' in {YamlFile.DisplayName(plan.File.Path)}) is in use, perhaps by another dapr-local; stop what listens there, or change {wanted.Key}")
            .Concat(new[] { plan.Dashboard?.Url.Port, plan.Dashboard?.Collector.Port }.Where(listening.Contains)
                .Select(port => $"port {port} (of the dashboard, which takes two) is in use, perhaps by another dapr-local; stop what listens there, or name another with --dashboard PORT"))
            .ToArray();
        if (taken.Length > 0) throw new UserException(string.Join(Environment.NewLine, taken));
    }
}
