using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;

namespace DaprLocal.Sidecars;

/// <summary>Refuses a gRPC message that is too large, in daprd's words and before it is read.</summary>
internal sealed class SizeCheck(int maxSize)
{
    private const int PrefixLength = 5; // A flag, then the length of the message.

    /// <summary>Lets the call pass or answers it.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol) && await SizeAsync(context.Request.BodyReader, context.RequestAborted) is var size && size > maxSize)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "8";
            context.Response.Headers["grpc-message"] = string.Create(CultureInfo.InvariantCulture, $"grpc: received message larger than max ({size} vs. {maxSize})");
            return;
        }

        await next(context);
    }

    // Looks without taking: the body stays whole for its reader.
    private static async ValueTask<uint> SizeAsync(PipeReader body, CancellationToken ct)
    {
        var read = await body.ReadAtLeastAsync(PrefixLength, ct);
        var size = read.Buffer.Length < PrefixLength ? 0 : Size(read.Buffer);
        body.AdvanceTo(read.Buffer.Start);
        return size;
    }

    private static uint Size(ReadOnlySequence<byte> body)
    {
        Span<byte> size = stackalloc byte[4];
        body.Slice(1, 4).CopyTo(size);
        return BinaryPrimitives.ReadUInt32BigEndian(size);
    }
}
