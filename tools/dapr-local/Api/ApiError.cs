using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace DaprLocal.Api;

/// <summary>The <c>google.rpc.ErrorInfo</c> of an error; the two APIs of daprd fill its metadata differently.</summary>
internal sealed record ErrorReason(string Reason, IReadOnlyDictionary<string, string>? HttpMetadata = null, IReadOnlyDictionary<string, string>? GrpcMetadata = null);

/// <summary>The <c>google.rpc.ResourceInfo</c> of an error.</summary>
internal sealed record ErrorResource(string Type, string Name, string Description = "");

/// <summary>
/// One refusal of the API: what HTTP says and what gRPC says. Errors of daprd's older kind have no details in HTTP
/// (<see cref="HttpDetails"/> false), and for some gRPC has none either (<see cref="Reason"/> null).
/// </summary>
internal sealed record ApiError(string Code, int HttpStatus, StatusCode GrpcStatus, string Message, ErrorReason? Reason = null)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>The message over HTTP, where it differs.</summary>
    public string? HttpMessage { get; init; }

    /// <summary>True when the HTTP body carries the details.</summary>
    public bool HttpDetails { get; init; }

    /// <summary>The resource that the error is about.</summary>
    public ErrorResource? Resource { get; init; }

    /// <summary>The field of a <c>google.rpc.BadRequest</c>; empty is a field without a name, null is no such detail.</summary>
    public string? Field { get; init; }

    /// <summary>The description of the field over HTTP, where it is not <see cref="HttpMessage"/>.</summary>
    public bool FieldNamedInHttp { get; init; } = true;

    /// <summary>The trailers of the gRPC form: details in <c>grpc-status-details-bin</c>.</summary>
    public Metadata Trailers()
    {
        var trailers = new Metadata();
        if (Reason is null) return trailers;
        var status = new Status { Code = (int)GrpcStatus, Message = Message };
        if (Field is not null)
        {
            var request = new BadRequest();
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = Field, Description = Message });
            status.Details.Add(Any.Pack(request));
        }

        if (Resource is { } resource)
        {
            status.Details.Add(Any.Pack(new ResourceInfo { ResourceType = resource.Type, ResourceName = resource.Name, Description = resource.Description }));
        }

        var info = new ErrorInfo { Reason = Reason.Reason, Domain = "dapr.io" };
        foreach (var (name, value) in Reason.GrpcMetadata ?? None) info.Metadata.Add(name, value);
        status.Details.Add(Any.Pack(info));
        trailers.Add("grpc-status-details-bin", Google.Protobuf.MessageExtensions.ToByteArray(status));
        return trailers;
    }
}

/// <summary>Ends a call with <see cref="Error"/>; to gRPC it is the status itself.</summary>
internal sealed class ApiException(ApiError error) : RpcException(new global::Grpc.Core.Status(error.GrpcStatus, error.Message), error.Trailers(), error.Message)
{
    /// <summary>What the caller is told.</summary>
    public ApiError Error { get; } = error;
}
