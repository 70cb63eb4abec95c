using System.Security.Cryptography;
using System.Text;

namespace DaprLocal.Sidecars;

/// <summary>The API token of a sidecar: who may call it.</summary>
internal sealed class TokenCheck(string token)
{
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>True when the request carries the token.</summary>
    public bool Allows(HttpRequest request) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers["dapr-api-token"].ToString()), _token);

    /// <summary>Lets a gRPC call pass, or refuses it before its method: a response of trailers only.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Allows(context.Request)) return next(context);
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "16"; // UNAUTHENTICATED
        context.Response.Headers["grpc-message"] = "Unauthorized";
        return Task.CompletedTask;
    }
}
