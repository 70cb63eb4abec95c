using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DaprLocal.Tests.Api;

/// <summary>What came back; header names in lower case.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>HTTP/1.1 without any cleaning of paths and headers, because what a client would repair is what is tested.</summary>
internal static class RawHttp
{
    public static async Task<RawResponse> SendAsync(int port, string method, string path, IEnumerable<(string Name, string Value)> headers, byte[]? body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (body is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        head.Append("\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ToString()));
        var sending = body is null ? Task.CompletedTask : SendBodyAsync(stream, body);
        var answer = await ReadAllAsync(stream);
        await sending;
        return Parse(answer, isHead: method == "HEAD");
    }

    // The server may answer and close before it has read everything.
    private static async Task SendBodyAsync(NetworkStream stream, byte[] body)
    {
        try
        {
            await stream.WriteAsync(body);
        }
        catch (IOException)
        {
        }
    }

    private static async Task<byte[]> ReadAllAsync(NetworkStream stream)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer) is var count and > 0) answer.Write(buffer, 0, count);
        }
        catch (IOException) when (answer.Length > 0)
        {
        }

        return answer.ToArray();
    }

    private static RawResponse Parse(byte[] answer, bool isHead)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.UTF8.GetString(answer, 0, end).Split("\r\n");
        var headers = new Dictionary<string, string>();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        var body = isHead ? [] : answer[(end + 4)..];
        if (headers.GetValueOrDefault("transfer-encoding") == "chunked") body = Dechunk(body);
        return new RawResponse(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, body);
    }

    private static byte[] Dechunk(ReadOnlySpan<byte> body)
    {
        using var result = new MemoryStream();
        while (body.IndexOf("\r\n"u8) is var end and > 0)
        {
            var size = int.Parse(Encoding.ASCII.GetString(body[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0) break;
            result.Write(body.Slice(end + 2, size));
            body = body[(end + 4 + size)..];
        }

        return result.ToArray();
    }
}
