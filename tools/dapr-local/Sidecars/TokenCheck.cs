using System.Security.Cryptography;
using System.Text;
using DaprLocal.Http;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace DaprLocal.Sidecars;

/// <summary>Refuses callers that do not send the sidecar's API token, in the words of each protocol.</summary>
internal sealed class TokenCheck(string token)
{
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Lets the call pass or answers it.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var given = context.Request.Headers["dapr-api-token"].ToString();
        if (HttpApi.IsOpen(context.Request.Path) || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token))
        {
            await next(context);
        }
        else if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            RefuseGrpc(context, given.Length == 0 ? "missing api token in request metadata" : "authentication error: api token mismatch");
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await context.Response.WriteAsync("invalid api token\n", context.RequestAborted);
        }
    }

    // A response of trailers only, which is how gRPC refuses a call before its method.
    private static void RefuseGrpc(HttpContext context, string reason)
    {
        const int Unauthenticated = 16;
        var info = new ErrorInfo { Reason = "Unauthorized", Domain = "dapr.io" };
        info.Metadata.Add("http.code", "401");
        info.Metadata.Add("http.error_message", reason);
        var status = new Status { Code = Unauthenticated, Message = "Unauthorized" };
        status.Details.Add(Any.Pack(info));
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "16";
        context.Response.Headers["grpc-message"] = "Unauthorized";
        context.Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
    }
}
