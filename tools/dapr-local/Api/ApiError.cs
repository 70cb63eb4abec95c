using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>One refusal of the API: what HTTP says and what gRPC says.</summary>
internal sealed record ApiError(string Code, int HttpStatus, StatusCode GrpcStatus, string Message);

/// <summary>Ends a call with <see cref="Error"/>; to gRPC it is the status itself.</summary>
internal sealed class ApiException(ApiError error) : RpcException(new Status(error.GrpcStatus, error.Message), error.Message)
{
    /// <summary>What the caller is told.</summary>
    public ApiError Error { get; } = error;
}
