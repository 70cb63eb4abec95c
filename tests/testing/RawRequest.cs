using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderInventory.Testing;

/// <summary>Requests as bytes: what a client of .NET writes anew, or would not send.</summary>
public static class RawRequest
{
    /// <summary>The whole answer to <paramref name="request"/>, each character of which is one byte. The server has to close the connection after it.</summary>
    public static async Task<string> SendAsync(Uri server, string request)
    {
        ArgumentNullException.ThrowIfNull(server);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Port);
        await tcp.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(tcp.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
