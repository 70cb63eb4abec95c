using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>What the OpenAPI documents of both apps have in common.</summary>
public static class ApiDocument
{
    private const string Conventions = """
        A success is `{"success": true, "message": …, "data": …}`, a page of a list `{"success": true, "data": [...], "nextCursor": …}`.
        Everything else is a problem document of RFC 9457, `application/problem+json`: `code` and `type` are stable, `message` is for people.
        Texts for people are in English or Chinese, as `Accept-Language` prefers.

        After a `503`, or no answer, nothing is known about the effect: send the same request again, with the same `Idempotency-Key`.
        """;

    /// <summary>Describes the app's HTTP API.</summary>
    public static void DescribeApi(this OpenApiOptions options, string title, string description, params (string Name, string Description)[] tags)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = title,
                Version = "1.0.0",
                Description = description + "\n\n" + Conventions,
                Contact = new OpenApiContact { Name = "Whoever runs this app" },
                License = new OpenApiLicense { Name = "Apache 2.0", Identifier = "Apache-2.0" },
            };
            document.Tags = tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
            foreach (var server in document.Servers ?? [])
            {
                // Linters take localhost for a place that somebody forgot to fill in.
                server.Url = server.Url?.TrimEnd('/').Replace("//localhost", "//127.0.0.1", StringComparison.Ordinal);
                server.Description = "Where this document was read.";
            }

            return Task.CompletedTask;
        });
        options.DescribeAccess();
        options.DescribeParameters();
        options.DescribeJsonBodies();
        options.DescribeAnswers();
        options.DescribeSchemas();
    }
}
