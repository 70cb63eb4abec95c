using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>Says in the OpenAPI document what may be answered.</summary>
public static class DescribedAnswers
{
    private const string ProblemType = "application/problem+json";
    private const string RetryAfter = "Retry-After";

    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["200"] = "Done.",
        ["201"] = "Created.",
        ["202"] = "Accepted; the outcome will show in the resource.",
        ["304"] = "What the client has is still valid.",
        ["400"] = "The request cannot be understood; `errors` names the fields.",
        ["401"] = "There is no valid bearer token, where this app asks for one.",
        ["403"] = "The caller may not do this.",
        ["404"] = "There is nothing of this name, or nothing that this caller may know of.",
        ["409"] = "The state of the resource does not allow this; `code` says why.",
        ["412"] = "A condition of `If-Match` or `If-None-Match` does not hold.",
        ["413"] = "The body is too large.",
        ["415"] = "The body is not JSON in UTF-8, or is compressed.",
        ["422"] = "The idempotency key was used with another request.",
        ["429"] = "Too many requests of this caller; nothing was done.",
        ["500"] = "A defect, or damaged data; nothing is known about the effect.",
        ["503"] = "The app, or what it needs, cannot answer now; nothing is known about the effect.",
        ["default"] = "Any other error, as of the server itself.",
    };

    /// <summary>The answers of these statuses ("201", or "2XX" for every success) may have this header.</summary>
    public static TBuilder WithHeader<TBuilder>(this TBuilder endpoint, string statuses, string name, string description)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Header(statuses, name, description));

    internal static void DescribeAnswers(this OpenApiOptions options) => options.AddOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var answers = operation.Responses ??= [];
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken);
        string[] common = ["400", "429", "500", "503", "default"];
        string[] access = metadata.OfType<AccessRule>().LastOrDefault() is AccessRule.Caller ? ["401"] : ["401", "403"];
        string[] bodies = operation.RequestBody is null ? [] : ["413", "415"];
        foreach (var status in common.Concat(access).Concat(bodies)) answers.TryAdd(status, new OpenApiResponse());
        foreach (var (status, answer) in answers.ToList())
        {
            if (answer is not OpenApiResponse response) continue;
            response.Description = Meanings[status];
            if (status is "429" or "503") Add(response, RetryAfter, "Seconds to wait.", JsonSchemaType.Integer);
            foreach (var header in metadata.OfType<Header>().Where(header => header.Statuses == status || (header.Statuses == "2XX" && status[0] == '2'))) Add(response, header.Name, header.Description, JsonSchemaType.String);
            if (status[0] is '2' or '3') continue;
            response.Content = new Dictionary<string, OpenApiMediaType> { [ProblemType] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) } };
        }

        operation.Responses = [];
        foreach (var (status, answer) in answers.OrderBy(pair => pair.Key, StringComparer.Ordinal)) operation.Responses[status] = answer;
        context.Document?.AddComponent(nameof(ProblemDetails), problem);
    });

    private static void Add(OpenApiResponse response, string name, string description, JsonSchemaType type)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
    }

    private sealed record Header(string Statuses, string Name, string Description);
}
