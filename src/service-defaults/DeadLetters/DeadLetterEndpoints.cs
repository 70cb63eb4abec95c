using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>Keeps what ends in the dead letter topic of a topic that the app consumes, and lets operators deal with it.</summary>
public static class DeadLetterEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    private static readonly DescribedParameter Id = new(ParameterLocation.Path, "id", "The dead letter.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{32}$" }, IsRequired: true);

    /// <summary>Subscribes to the dead letters of <paramref name="topic"/> and maps <c>/api/deadletters</c>.</summary>
    public static void MapDeadLetters(this IEndpointRouteBuilder routes, string topic)
    {
        var dead = Topics.DeadLetter(topic);
        // Raw: what is no CloudEvent, not even JSON, is delivered too instead of stopping the topic.
        routes.MapPost(SidecarOnly.PathPrefix + "/events/" + dead, (HttpRequest request, DeadLetterDesk desk, TimeProvider time) => RecordAsync(request, topic, desk, time))
            .WithTopic(Topics.PubSub, dead, enableRawPayload: true)
            .Allow(AccessRule.Sidecar).ExcludeFromDescription();

        var letters = routes.MapGroup("/api/deadletters").WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy);
        letters.MapGet("", ListAsync)
            .WithName("ListDeadLetters").WithSummary("Messages that could not be handled, newest first").WithDescription("For operators.")
            .WithPages(DefaultLimit, MaxLimit, "^[0-9]{1,9}$");
        letters.MapGet("/{id}", GetAsync)
            .WithName("GetDeadLetter").WithSummary("One message that could not be handled, with what it says").WithDescription("For operators.")
            .With(Id).ProducesProblem(StatusCodes.Status404NotFound);
        letters.MapPost("/{id}/replay", ReplayAsync)
            .WithName("ReplayDeadLetter").WithSummary("Publishes a message again, once").WithDescription("With the same id, key and data. Refused while an earlier one of its key that can be replayed is OPEN. For operators.")
            .With(Id).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapPost("/{id}/dismiss", DismissAsync)
            .WithName("DismissDeadLetter").WithSummary("Decides that a message does not matter").WithDescription("The first request says why; the same again answers with what that one said. For operators.")
            .With(Id).WithJsonBody<DismissRequest>(isOptional: true).WithExample("reason", "Why it does not matter", """{ "reason": "The product was withdrawn" }""").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok> RecordAsync(HttpRequest request, string topic, DeadLetterDesk desk, TimeProvider time)
    {
        await desk.RecordAsync(await DeadLetterReader.ReadAsync(request, topic, time.GetUtcNow()), request.HttpContext.RequestAborted);
        return TypedResults.Ok();
    }

    private static async Task<Results<Ok<ApiList<DeadLetterView>>, ProblemHttpResult>> ListAsync(string? limit, string? cursor, DeadLetterStore store, CancellationToken cancellationToken)
    {
        if (Number(limit, DefaultLimit) is not { } count || count is < 1 or > MaxLimit) return Invalid("limit", Texts.Of($"limit must be from 1 to {MaxLimit}.", $"limit 必须在 1 到 {MaxLimit} 之间。"));
        if (Number(cursor, int.MaxValue) is not { } before) return Invalid("cursor", Texts.Of("cursor must be one that this list returned.", "cursor 必须是本列表返回的值。"));
        var (letters, next) = await store.ListAsync(before, count, cancellationToken);
        return TypedResults.Ok(new ApiList<DeadLetterView>([.. letters.Select(DeadLetterView.Of)], next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<Ok<ApiResponse<DeadLetterDetails>>, ProblemHttpResult>> GetAsync(string id, DeadLetterStore store, CancellationToken cancellationToken) =>
        IsId(id) && await store.ReadAsync(id, cancellationToken) is ({ } letter, _)
            ? TypedResults.Ok(new ApiResponse<DeadLetterDetails>("OK", new DeadLetterDetails(DeadLetterView.Of(letter), Encoding.UTF8.GetString(letter.Body), letter.CanReplay)))
            : NotFound(id);

    private static async Task<Results<Ok<ApiResponse<DeadLetterView>>, ProblemHttpResult>> ReplayAsync(string id, Caller caller, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken) =>
        Answer(id, context, IsId(id) ? await desk.ReplayAsync(id, caller.UserId, cancellationToken) : new DeskOutcome.Unknown());

    private static async Task<Results<Ok<ApiResponse<DeadLetterView>>, ProblemHttpResult>> DismissAsync(string id, Caller caller, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadOptionalAsync<DismissRequest>(context.Request);
        if (problem is not null) return problem;
        if (PlainText.Mistake("reason", body?.Reason, DismissRequest.MaxReason) is { } mistake) return Invalid("reason", mistake);
        return Answer(id, context, IsId(id) ? await desk.DismissAsync(id, body?.Reason, caller.UserId, cancellationToken) : new DeskOutcome.Unknown());
    }

    private static Results<Ok<ApiResponse<DeadLetterView>>, ProblemHttpResult> Answer(string id, HttpContext context, DeskOutcome outcome)
    {
        switch (outcome)
        {
            case DeskOutcome.Done(var letter, var before):
                if (before) IdempotencyKey.Replayed(context.Response);
                return TypedResults.Ok(new ApiResponse<DeadLetterView>("OK", DeadLetterView.Of(letter)));
            case DeskOutcome.Earlier(var first):
                return Conflict("EARLIER_DEAD_LETTER", Texts.Of("An earlier message of the same key is still open; replay or dismiss it first.", "同一键的更早消息尚未处理，请先重放或忽略它。"), id, "earlier", first.Id);
            case DeskOutcome.Settled(var letter):
                return Conflict("DEAD_LETTER_SETTLED", Texts.Of("The message was dealt with in another way.", "该消息已以其他方式处理。"), id, "currentStatus", letter.Status);
            case DeskOutcome.Unreadable:
                return Conflict("DEAD_LETTER_UNREADABLE", Texts.Of("The message cannot be published again: it is no event, or too large.", "该消息无法重新发布：它不是事件，或过大。"), id, null, null);
            default:
                return NotFound(id);
        }
    }

    private static ProblemHttpResult Conflict(string code, string message, string id, string? name, object? value)
    {
        var extensions = new Dictionary<string, object?> { ["deadLetterId"] = id };
        if (name is not null) extensions[name] = value;
        return Problems.Of(StatusCodes.Status409Conflict, code, message, extensions);
    }

    private static ProblemHttpResult NotFound(string id) => Problems.Of(
        StatusCodes.Status404NotFound, "DEAD_LETTER_NOT_FOUND", Texts.Of("There is no such dead letter.", "死信不存在。"), new Dictionary<string, object?> { ["deadLetterId"] = id });

    private static ProblemHttpResult Invalid(string field, string message) => Problems.Validation(new Dictionary<string, string[]> { [field] = [message] });

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static int? Number(string? text, int missing) =>
        text is null ? missing : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
