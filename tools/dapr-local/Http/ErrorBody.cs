using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>The JSON body of an error.</summary>
internal static class ErrorBody
{
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    /// <summary>The body of <paramref name="error"/>.</summary>
    public static byte[] Of(ApiError error)
    {
        var message = error.HttpMessage ?? error.Message;
        var body = Object(("errorCode", error.Code), ("message", message));
        if (error is { HttpDetails: true, Reason: { } reason }) body.Add(new("details", Details(error, message, reason)));
        return GoJson.Serialize(body, asDouble: false);
    }

    private static List<object?> Details(ApiError error, string message, ErrorReason reason)
    {
        var details = new List<object?>();
        if (error.Field is { } field)
        {
            var violation = error.FieldNamedInHttp ? Object(("field", field), ("description", message)) : Object(("description", message));
            details.Add(Object(("@type", TypePrefix + "BadRequest"), ("field_violations", new List<object?> { violation })));
        }

        if (error.Resource is { } resource)
        {
            details.Add(Object(("@type", TypePrefix + "ResourceInfo"), ("resource_type", resource.Type), ("resource_name", resource.Name), ("owner", ""), ("description", resource.Description)));
        }

        details.Add(Object(("@type", TypePrefix + "ErrorInfo"), ("reason", reason.Reason), ("domain", "dapr.io"), ("metadata", Metadata(reason.HttpMetadata))));
        return details;
    }

    private static GoObject? Metadata(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is null ? null : Object([.. metadata.Select(pair => (pair.Key, (object?)pair.Value))]);

    private static GoObject Object(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var result = new GoObject();
        foreach (var (name, value) in members) result.Add(new(name, value));
        return result;
    }
}
