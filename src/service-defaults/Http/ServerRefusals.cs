using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Gives a problem document to what Kestrel refuses before any app sees it (a path with <c>%00</c>, a bad header, a request that is too slow): its own answers
/// have no body, and there is no other place to add one.
/// </summary>
internal static class ServerRefusals
{
    private static readonly byte[] NoBody = "\r\nContent-Length: 0\r\n"u8.ToArray();

    /// <summary>Applies to every address that the server listens on.</summary>
    public static void ExplainRefusals(this KestrelServerOptions kestrel) => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection =>
    {
        connection.Transport = new Explained(connection.Transport, connection.ConnectionId);
        return next(connection);
    }));

    /// <summary>The same answer with a body; null for one that is no refusal by the server.</summary>
    private static byte[]? Explain(ReadOnlySpan<byte> answer, string connectionId)
    {
        // The apps give a body to every error, and close no connection.
        if (!(answer.StartsWith("HTTP/1.1 4"u8) || answer.StartsWith("HTTP/1.1 505 "u8)) || !answer.EndsWith("\r\n\r\n"u8) || answer.IndexOf(NoBody) < 0 || answer.IndexOf("\r\nConnection: close\r\n"u8) < 0) return null;
        var status = int.Parse(answer.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var problem = JsonSerializer.SerializeToUtf8Bytes(Problems.OfServer(status, connectionId), JsonSerializerOptions.Web);
        var head = Encoding.ASCII.GetString(answer).Replace("Content-Length: 0\r\n", string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/problem+json\r\nContent-Language: {Texts.Cultures[0]}\r\nContent-Length: {problem.Length}\r\n"), StringComparison.Ordinal);
        return [.. Encoding.ASCII.GetBytes(head), .. problem];
    }

    private sealed class Explained(IDuplexPipe transport, string connectionId) : IDuplexPipe
    {
        public PipeReader Input => transport.Input;

        public PipeWriter Output { get; } = new Writer(transport.Output, connectionId);
    }

    private sealed class Writer(PipeWriter output, string connectionId) : PipeWriter
    {
        private Memory<byte> _memory;

        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            if (bytes <= _memory.Length && Explain(_memory.Span[..bytes], connectionId) is { } explained) output.Write(explained);
            else output.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => output.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => output.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);
    }
}
