using Grpc.Net.Client;

namespace OrderInventory.ServiceDefaults;

/// <summary>How soon a connection to the sidecar is tried again.</summary>
public static class SidecarReconnect
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    /// <summary>Every 2 seconds at least. By default a channel whose sidecar was away for minutes stays away for up to two more.</summary>
    public static void Soon(GrpcChannelOptions channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        (channel.InitialReconnectBackoff, channel.MaxReconnectBackoff) = (First, Last);
    }
}
